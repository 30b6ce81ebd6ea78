"""A company's own database: windows, pages, types, refusals, on a real PostgreSQL."""

import logging
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from postgres_server import as_owner, binaries, postgres_server

from ingestion.catalogue import CatalogueObject, find_object
from ingestion.lake import Lake
from ingestion.live_records import live_records
from ingestion.sources.base import Known
from ingestion.sources.database import connector as database
from ingestion.sources.database.connector import Database
from runtime.errors import AuthenticationError, CatalogueError, SchemaError, SourceError
from runtime.records import Connection, Window

pytestmark = pytest.mark.skipif(
    binaries() is None, reason="PostgreSQL is not installed: scripts/install_postgresql"
)
SECRET = "r3ader-Secret"
USE = find_object("database", "product__feature_use")
DAY = datetime(2026, 11, 1, 15, tzinfo=UTC)  # 2 November begins in Tokyo
TABLE = """
create table feature_use (use_id bigint primary key, account_id text, use_date date,
    feature_code text, uses integer, updated_at timestamptz)
"""


@pytest.fixture(scope="module")
def server():
    with postgres_server() as address:
        with as_owner(address) as owner:
            owner.execute(f"create user reader password '{SECRET}'")
            owner.execute("alter default privileges grant select on tables to reader")
        yield address


@pytest.fixture
def owner(server):
    with as_owner(server) as connection:
        yield connection
        connection.execute("drop schema public cascade")
        connection.execute("create schema public")
        connection.execute("grant usage on schema public to reader")


@pytest.fixture
def source(server, owner, monkeypatch):
    monkeypatch.setattr(database, "PAGE_ROWS", 3)
    owner.execute("grant usage on schema public to reader")
    return connected(server)


def connected(address, password=SECRET, login="reader", **extra):
    host = f"postgresql+psycopg://{address}/postgres"
    reader = Database(Connection(host, login, password, {"timezone": "Asia/Tokyo", **extra}))
    reader.sleep = lambda seconds: None
    return reader


def entry(**changes):
    return CatalogueObject(**{**USE.model_dump(), **changes})


def rows(source, start=None, end=DAY + timedelta(days=9), of=USE):
    return [record for page in source.extract(of, Window(start, end)) for record in page.records]


def use(owner, number, at, **fields):
    values = {"account_id": "A1", "use_date": "2026-11-02", "feature_code": "dash", "uses": 1}
    values |= {"use_id": number, "updated_at": at, **fields}
    names, marks = ", ".join(values), ", ".join(["%s"] * len(values))
    owner.execute(
        f"insert into feature_use ({names}) values ({marks}) on conflict (use_id) do update "
        "set uses = excluded.uses, updated_at = excluded.updated_at",
        list(values.values()),
    )


def test_adjacent_windows_give_every_row_once(source, owner):
    """Scenarios 2 and 3: one timestamp over page and window ends, no gap, no double."""
    owner.execute(TABLE)
    stamps = [DAY - timedelta(microseconds=1), *[DAY] * 7, DAY + timedelta(microseconds=1)]
    for number, at in enumerate(stamps):
        use(owner, number, at)
    first, second = rows(source, end=DAY), rows(source, start=DAY)
    assert [row["use_id"] for row in first] == [0]
    assert [row["use_id"] for row in second] == list(range(1, 9))
    assert first[0]["updated_at"] == "2026-11-01T14:59:59.999999+00:00"


def test_a_row_that_changes_while_pages_are_read_is_not_lost(source, owner):
    """Scenario 4: it moves behind the pages still to come."""
    owner.execute(TABLE)
    for number in range(7):
        use(owner, number, DAY + timedelta(seconds=number))
    pages = source.extract(USE, Window(None, DAY + timedelta(days=1)))
    seen = next(pages).records
    use(owner, 0, DAY + timedelta(seconds=30), uses=2)
    use(owner, 5, DAY + timedelta(seconds=31), uses=2)
    seen += [record for page in pages for record in page.records]
    latest = {record["use_id"]: record["uses"] for record in seen}
    assert latest == {0: 2, 1: 1, 2: 1, 3: 1, 4: 1, 5: 2, 6: 1}


def test_rows_without_cursor_or_key_are_given_too(source, owner, caplog):
    owner.execute("create table feature_use (use_id bigint, feature_code text, updated_at date)")
    values = "(1, 'a', '2026-11-02'), (2, 'b', null), (null, 'c', '2026-11-02')"
    owner.execute(f"insert into feature_use values {values}")
    with caplog.at_level(logging.WARNING):
        assert sorted(row["feature_code"] for row in rows(source)) == ["a", "b", "c"]
    assert "2 rows whose cursor or key places them nowhere" in caplog.text


@pytest.mark.parametrize(
    ("kind", "first", "second"),
    [
        ("date", "2026-11-01", "2026-11-02"),
        ("timestamp", "2026-11-01 23:59:59", "2026-11-02 00:00:00"),
        ("timestamptz", "2026-11-01 14:59:59Z", "2026-11-01 15:00:00Z"),
    ],
)
def test_days_are_the_tenants_days_in_every_cursor_type(source, owner, kind, first, second):
    """Scenario 31: midnight in Tokyo, for cursors that know a zone and those that do not."""
    owner.execute(f"create table feature_use (use_id int primary key, updated_at {kind})")
    owner.execute("insert into feature_use values (1, %s), (2, %s)", [first, second])
    assert [row["use_id"] for row in rows(source, end=DAY)] == [1]
    assert [row["use_id"] for row in rows(source, start=DAY)] == [2]


def test_columns_are_renamed_to_the_entitys_and_the_rest_left_out(source, owner):
    owner.execute("create schema app")
    owner.execute("grant usage on schema app to reader")
    owner.execute('create table app."Events" (id uuid, day date, "Kind" text, ip inet)')
    owner.execute("grant select on all tables in schema app to reader")
    identifier = "0e6e1f9e-0000-4000-8000-000000000001"
    owner.execute(
        f"""insert into app."Events" values ('{identifier}', '2026-11-02', '閲覧', '::1')"""
    )
    names = {"use_id": "id", "use_date": "day", "feature_code": "Kind"}
    of = entry(reads="app.Events", columns=names, cursor="use_date")
    assert rows(source, of=of) == [
        {"use_id": identifier, "use_date": "2026-11-02", "feature_code": "閲覧"}
    ]
    owner.execute("drop schema app cascade")


def test_a_table_without_cursor_is_read_whole_and_a_composite_key_pages(source, owner):
    owner.execute("create table pair (a int, b text, primary key (a, b))")
    pairs = [(a, b) for a in range(4) for b in ("x", "y")]
    owner.cursor().executemany("insert into pair values (%s, %s)", pairs)
    of = entry(reads="pair", key=("a", "b"), cursor=None)
    assert [(row["a"], row["b"]) for row in rows(source, DAY, of=of)] == pairs


def test_no_value_is_rounded_or_guessed_on_its_way_to_the_lake(source, owner, tmp_path):
    owner.execute(
        "create table kinds (id int primary key, n numeric, f float8, b bool, t timestamptz, d date, "
        "j jsonb, raw bytea, a int[], h time, nothing text, updated_at timestamp)"
    )
    owner.execute(
        "insert into kinds values (1, 12345678901234567890.120, 'NaN', true, '2026-11-02 09:00+09', "
        """'2026-11-02', '{"a": [1, null]}', '\\x00ff', '{1,2}', '09:30', null, '2026-11-02')"""
    )
    lake, of = Lake(str(tmp_path)), entry(reads="kinds", key=("id",))
    window = Window(None, DAY + timedelta(days=9))
    manifest = lake.write_run(of, date(2026, 11, 2), window, source.extract(of, window))
    import pyarrow.parquet as pq

    (row,) = pq.read_table(lake.parts(of, manifest)[0]).to_pylist()
    assert {name: row[name] for name in manifest.columns} == {
        "id": "1",
        "n": "12345678901234567890.120",
        "f": "nan",
        "b": "true",
        "t": "2026-11-02T00:00:00+00:00",
        "d": "2026-11-02",
        "j": '{"a":[1,null]}',
        "raw": "00ff",
        "a": "[1,2]",
        "h": "09:30:00",
        "nothing": None,
        "updated_at": "2026-11-02T00:00:00",
    }


def test_a_date_that_python_cannot_hold_costs_no_table(source, owner):
    """It lands as the database writes it, and the check of what lands says what cannot be read."""
    owner.execute(TABLE)
    days = ["2026-11-02", "infinity", "0044-03-15 BC", "12026-01-01"]
    for number, day in enumerate(days, 1):
        use(owner, number, "2026-11-02 09:00+09", use_date=day)
    assert [(row["use_id"], row["use_date"]) for row in rows(source)] == list(enumerate(days, 1))


def test_a_row_whose_cursor_no_window_comes_to_is_read_every_day(source, owner):
    owner.execute(TABLE)
    cursors = ["2026-11-02 09:00+09", "infinity", "-infinity", "9999-12-31", "0044-03-15 BC"]
    for number, cursor in enumerate(cursors, 1):
        use(owner, number, cursor)
    first, later = DAY + timedelta(days=1), DAY + timedelta(days=2)
    assert sorted(int(row["use_id"]) for row in rows(source, end=first)) == [1, 2, 3, 4, 5]
    assert sorted(int(row["use_id"]) for row in rows(source, first, later)) == [2, 3, 4, 5]


def test_a_connection_that_breaks_between_pages_is_made_again(source, owner):
    owner.execute(TABLE)
    for number in range(7):
        use(owner, number, DAY)
    pages = source.extract(USE, Window(None, DAY + timedelta(days=1)))
    seen = next(pages).records
    owner.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'reader'")
    seen += [record for page in pages for record in page.records]
    assert [row["use_id"] for row in seen] == list(range(7))


def test_a_query_that_does_not_end_is_ended(server, owner, monkeypatch):
    owner.execute(
        "create view feature_use as select 1 as use_id, timestamptz '2026-11-02Z' as updated_at, pg_sleep(9)::text"
    )
    monkeypatch.setattr(
        database, "LONGEST_STATEMENT", {"postgresql": "set statement_timeout = '50ms'"}
    )
    with pytest.raises(SourceError, match="statement timeout"):
        rows(connected(server))


def test_nothing_can_be_written_through_it_even_by_its_owner(server, owner):
    owner.execute(TABLE)
    writer = connected(server, login="owner", password="0wner-Secret")
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction), writer._engine.connect() as raw:
        raw.connection.cursor().execute("insert into feature_use (use_id) values (1)")


def test_a_missing_table_is_an_empty_object_unless_it_is_required(source, caplog):
    assert rows(source) == []
    assert "no table feature_use, nothing read" in caplog.text
    with pytest.raises(SourceError, match=r"no table feature_use .* grant select"):
        rows(source, of=entry(required=True))


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"reads": None}, CatalogueError, "needs `reads` and `key`"),
        ({"key": ()}, CatalogueError, "needs `reads` and `key`"),
        ({"cursor": "uses"}, CatalogueError, "the cursor uses is a INTEGER"),
        ({"cursor": "gone_at"}, SchemaError, "feature_use has no column gone_at"),
        ({"columns": {"use_id": "id"}, "cursor": None}, SchemaError, "has no column id"),
    ],
)
def test_what_the_catalogue_gets_wrong_is_named(source, owner, changes, error, message):
    owner.execute(TABLE)
    with pytest.raises(error, match=message):
        rows(source, of=entry(**changes))


def test_a_soft_delete_column_of_our_name_deletes_nothing(source, owner):
    """Any text in it would read as true."""
    owner.execute(TABLE)
    owner.execute("alter table feature_use add column _is_deleted text default 'f'")
    with pytest.raises(SchemaError, match=r"names we use ourselves: _is_deleted .* `columns`"):
        rows(source)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"password": "wr0ng-Secret"}, AuthenticationError),
        ({"login": "nobody"}, AuthenticationError),
        ({"address": "127.0.0.1:1"}, SourceError),
    ],
)
def test_refusals_name_the_connection_and_no_secret(server, changes, error):
    with pytest.raises(error, match="`database_default`") as caught:
        rows(connected(**{"address": server, **changes}))
    assert "Secret" not in f"{caught.value} {caught.value.__context__!r}".replace("wr0ng", "")


def test_a_host_that_is_no_url_is_refused():
    for host in ("db.example.jp", "oracle://db.example.jp/x", ""):
        with pytest.raises(SourceError, match="no usable SQLAlchemy URL"):
            Database(Connection(host, "reader", SECRET))


def test_a_forbidden_column_ends_with_the_databases_own_words(source, owner):
    owner.execute(TABLE)
    owner.execute("revoke select on feature_use from reader")
    with pytest.raises(SourceError, match="permission denied for table feature_use"):
        rows(source)


def test_any_sqlalchemy_url_works(tmp_path):
    import sqlite3

    with sqlite3.connect(tmp_path / "app.db") as file:
        file.execute("create table feature_use (use_id integer primary key, updated_at timestamp)")
        file.execute("insert into feature_use values (1, '2026-11-02 00:00:00.000000')")
    reader = Database(Connection(f"sqlite:///{tmp_path}/app.db", extra={"timezone": "Asia/Tokyo"}))
    assert rows(reader) == [{"use_id": 1, "updated_at": "2026-11-02T00:00:00"}]
    assert reader.contents() == "tables and views: feature_use"


def test_a_cell_of_another_type_than_its_columns_lands_as_it_stands(tmp_path):
    """SQLite takes anything in any column."""
    import sqlite3

    odd = ["2026-11-02", "soon", "", "0x1F", "1e400", None, 1.5, "'; drop table x; --"]
    with sqlite3.connect(tmp_path / "app.db") as file:
        file.execute(
            "create table feature_use (use_id integer primary key, updated_at timestamp, use_date date, "
            "at datetime, uses integer, price numeric, share float, is_beta boolean, note json, t time)"
        )
        for number, cell in enumerate(odd):
            file.execute(
                "insert into feature_use values (?, '2026-11-02 00:00:00.000000', ?, ?, ?, ?, ?, ?, ?, ?)",
                [number, *[cell] * 8],
            )
    found = rows(Database(Connection(f"sqlite:///{tmp_path}/app.db")))
    assert [row["use_id"] for row in found] == [*range(len(odd))]
    assert [row["use_date"] for row in found][:3] == ["2026-11-02", "soon", ""]
    assert all(value is None or isinstance(value, str | int) for value in found[5].values())


def land(lake, source, of, end):
    """One day's extraction as the ingest DAG does it, committed; the comparison is always due."""
    window = lake.next_window(of, end)
    known = Known(None, True, lambda: live_records(lake, of))
    pages = source.update(of, window, known) if window.start else source.extract(of, window)
    manifest = lake.write_run(of, end.date(), window, pages)
    lake.finish_run(of, manifest)
    lake.commit(of, manifest)
    return manifest


def live(lake, of):
    return sorted(tuple(row[name] for name in of.key) for row in live_records(lake, of).to_pylist())


def test_a_comparison_finds_deleted_rows_and_rows_the_windows_missed(source, owner, tmp_path):
    owner.execute(TABLE)
    lake = Lake(str(tmp_path))
    for number in range(1, 8):
        use(owner, number, DAY)
    land(lake, source, USE, DAY + timedelta(days=1))
    later = DAY + timedelta(days=40)
    land(lake, source, USE, later)
    owner.execute("delete from feature_use where use_id in (2, 5)")
    use(owner, 9, DAY + timedelta(days=1))  # committed late, far behind the look-back
    use(owner, 10, later)
    manifest = land(lake, source, USE, later + timedelta(days=1))
    assert live(lake, USE) == [(n,) for n in sorted(["1", "3", "4", "6", "7", "9", "10"])]
    assert (manifest.rows, manifest.tombstones) == (4, 2)

    use(owner, 2, DAY)  # the very row comes back, with its old time
    land(lake, source, USE, later + timedelta(days=2))
    assert ("2",) in live(lake, USE)
    land(lake, source, USE, later + timedelta(days=30))
    assert land(lake, source, USE, later + timedelta(days=60)).rows == 0


def test_a_comparison_of_a_composite_key_of_dates_and_numbers(source, owner, tmp_path):
    owner.execute("create table pair (a numeric, b date, at date, primary key (a, b))")
    owner.execute("grant select on pair to reader")
    days = ("2026-11-01", "2026-11-02", "2026-11-03", "2026-11-04")
    for number in ("1.50", "2"):
        for day in days:
            owner.execute("insert into pair values (%s, %s, '2026-11-01')", [number, day])
    of, lake = entry(reads="pair", key=("a", "b"), cursor="at"), Lake(str(tmp_path))
    land(lake, source, of, DAY)
    owner.execute("delete from pair where a = 1.5 and b = '2026-11-03'")
    assert land(lake, source, of, DAY + timedelta(days=30)).tombstones == 1
    assert ("1.50", "2026-11-03") not in live(lake, of)
    assert len(live(lake, of)) == 7


@pytest.mark.parametrize(
    ("kind", "late"), [("timestamp", "2026-11-11 20:00"), ("date", "2026-11-11")]
)
def test_a_missed_row_is_found_whatever_the_cursors_type(source, owner, tmp_path, kind, late):
    """The next window begins at midnight in Tokyo; what lies hours before it was missed."""
    owner.execute(f"create table feature_use (use_id int primary key, updated_at {kind})")
    lake, of = Lake(str(tmp_path)), entry(lookback_days=0)
    land(lake, source, of, DAY)
    land(lake, source, of, DAY + timedelta(days=10))
    owner.execute("insert into feature_use values (1, %s)", [late])
    assert land(lake, source, of, DAY + timedelta(days=11)).rows == 1


def test_a_table_that_is_no_longer_seen_deletes_nothing(source, owner, tmp_path):
    owner.execute(TABLE)
    use(owner, 1, DAY)
    lake = Lake(str(tmp_path))
    land(lake, source, USE, DAY + timedelta(days=1))
    owner.execute("drop table feature_use")
    assert land(lake, source, USE, DAY + timedelta(days=2)).tombstones == 0
