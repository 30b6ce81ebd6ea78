"""What looks like a credential is masked, whoever wrote the text."""

from datetime import date, datetime

import duckdb
import pyarrow as pa
import pytest

from runtime.redaction import hide_values, redact


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "postgresql://reader:s3cret@db:5432/x refused",
            "postgresql://reader:***@db:5432/x refused",
        ),
        ("at sftp://u:p@w0rd@host/in", "at sftp://u:***@host/in"),
        ("https://host:8080/path?page=2 and a@b.jp", "https://host:8080/path?page=2 and a@b.jp"),
        ('{"refresh_token": "abc"}', '{"refresh_token": "***"}'),
        ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
    ],
)
def test_credentials_are_masked(text, shown):
    assert redact(text) == shown


def test_known_secrets_are_masked_longest_first():
    assert redact("key abc and abcdef", ["abc", "abcdef"]) == "key *** and ***"


CASTS = ["integer", "date", "timestamp", "boolean", "json", "decimal(4,2)", "uuid", "interval"]


@pytest.mark.parametrize(
    "read", [*(f"name::{cast}" for cast in CASTS), "strptime(name, '%Y')", "error(name::integer)"]
)
@pytest.mark.parametrize("value", ["山田 太郎", "O'Brien", 'a "b"', "two\nlines"])
def test_an_engines_message_does_not_show_the_value(read, value):
    with pytest.raises(duckdb.Error) as failed:
        duckdb.execute(f"select {read} from (select ? as name)", [value]).fetchall()
    shown = hide_values(f"1 of 2 ERROR\n  {failed.value}")
    assert not any(part in shown for part in (value, "山田", "Brien", "lines"))
    assert "Error" in shown


def test_a_libraries_message_does_not_show_the_value():
    for fail in (
        lambda: int("Yamada"),
        lambda: float("Yamada"),
        lambda: date.fromisoformat("Yamada"),
        lambda: datetime.strptime("Yamada", "%Y"),
        lambda: pa.array(["Yamada"]).cast(pa.int64()),
        lambda: pa.array([1, "Yamada"]),
    ):
        with pytest.raises(ValueError, match="Yamada") as failed:
            fail()
        assert "Yamada" not in hide_values(str(failed.value))
        assert "text of " in hide_values(str(failed.value))


def test_names_in_other_messages_stay():
    text = 'Binder Error: Referenced column "amount" not found\nCandidates: "net_amount"'
    assert hide_values(text) == text
    told = 'Traceback\n  File "a.py", line 1, in load\nValueError: invalid literal for int(): \'x y\'\n  File "b.py"'
    assert hide_values(told).endswith('int(): text of 3 characters\n  File "b.py"')
    assert hide_values(told).startswith('Traceback\n  File "a.py"')
