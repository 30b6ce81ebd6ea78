"""The customers' pages: one page a language, which loads a customer's data from a script file of its own.

So the pages open from a file, and what a customer costs is data, not pages. A browser reads no JSON from a file's
neighbour; it runs a script. Nothing of these files is a person's.
"""

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from publishing.site.charts import Column, load_chart, localised_spec
from publishing.site.words import plain
from runtime.files import write_changed
from runtime.value_types import Text

MOST = 20_000  # customers with a page
_UNSAFE_FIRST = ("=", "+", "-", "@", "\t", "\r")

# What happened to a customer over time: each query gives customer_key and the values of one point, oldest first.
_SERIES = {
    "mrr": """
        select customer_key, strftime(month, '%Y-%m'), sum(mrr) from core.fct_subscription_month
        where month > ? group by all order by customer_key, 2""",
    "level": """
        select customer_key, strftime(month, '%Y-%m'), max(activation_level), max(activation_score)
        from core.fct_activation_monthly where month > ? group by all order by customer_key, 2""",
    "usage": """
        select customer_key, strftime(date_trunc('month', week_end), '%Y-%m'), sum(uses_7d), max(active_users_28d)
        from core.fct_usage_weekly where week_end > ? group by all order by customer_key, 2""",
    "ews": """
        select customer_key, strftime(week_end, '%Y-%m'), arg_max(score, week_end)
        from marts.mart_ews_score where week_end > ? and score is not null group by all order by customer_key, 2""",
    "tickets": """
        select customer_key, strftime(created_at, '%Y-%m'), count(*), count(*) filter (where is_complaint)
        from core.fct_ticket where created_at > ? group by all order by customer_key, 2""",
    "csat": """
        select customer_key, strftime(response_date, '%Y-%m'), round(avg(score / scale_max), 3), count(*)
        from core.fct_survey_response where response_date > ? and survey_type = 'csat' and is_newest
        group by all order by customer_key, 2""",
    "nps": """
        select customer_key, strftime(response_date, '%Y-%m'), round(avg(score), 1), count(*)
        from core.fct_survey_response where response_date > ? and survey_type = 'nps'
        group by all order by customer_key, 2""",
    "movements": """
        select customer_key, strftime(month, '%Y-%m'), movement_type, sum(amount) from core.fct_mrr_movement
        where month > ? group by all order by customer_key, 2""",
}


@dataclass(frozen=True)
class Customers:
    """The customers that have a page, and how many have none.

    Attributes:
        columns: names of a row's values.
        rows: a row a customer, those with most MRR first.
        left_out: customers without a page, since there are too many.
    """

    columns: list[str]
    rows: list[list[Any]]
    left_out: int


def read_customers(connection: duckdb.DuckDBPyConnection, as_codes: bool) -> Customers:
    """The customers of mart_customer_360: up to 20,000, those with most MRR and every one with a warning.

    Args:
        connection: the published marts.
        as_codes: a customer's key stands for its name.
    """
    found = connection.execute(load_chart("customer_list").sql)
    columns = [column[0] for column in found.description]
    rows = [[plain(value) for value in row] for row in found.fetchall()]
    name, kana, number = map(
        columns.index, ("customer_name", "customer_name_kana", "corporate_number")
    )
    if as_codes:
        for row in rows:
            row[name], row[kana], row[number] = row[columns.index("customer_key")], None, None
    kept = rows if len(rows) <= MOST else _most_wanted(rows, columns)
    return Customers(columns, kept, len(rows) - len(kept))


def _most_wanted(rows: list[list[Any]], columns: list[str]) -> list[list[Any]]:
    level, complaints = columns.index("level_change_28d"), columns.index("complaints_90d")
    warned = [row for row in rows if (row[level] or 0) < 0 or (row[complaints] or 0) > 0]
    others = [row for row in rows if not ((row[level] or 0) < 0 or (row[complaints] or 0) > 0)]
    return warned + others[: max(MOST - len(warned), 0)]


def write_customers(
    folder: Path, connection: duckdb.DuckDBPyConnection, customers: Customers, since: str, mode: int
) -> None:
    """Write ``list.js`` and ``<customer_key>.js`` a customer; files of customers that are gone are removed.

    Args:
        folder: gets the files.
        connection: the published marts.
        customers: who.
        since: first day of what is told of a customer.
        mode: access rights of the files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    listed = {"columns": customers.columns, "rows": customers.rows, "leftOut": customers.left_out}
    write_changed(folder / "list.js", f"window.customers = {_json(listed)};\n", mode)
    told: dict[str, dict[str, list]] = {}
    for name, query in _SERIES.items():
        for key, *point in connection.execute(query, [since]).fetchall():
            told.setdefault(key, {}).setdefault(name, []).append([plain(value) for value in point])
    written = {"list.js"}
    key = customers.columns.index("customer_key")
    for row in customers.rows:
        facts = zip(customers.columns, row, strict=True)
        known = {name: value for name, value in facts if value is not None}
        data = {"facts": known, **told.get(row[key], {})}
        write_changed(folder / f"{row[key]}.js", f"window.showCustomer({_json(data)});\n", mode)
        written.add(f"{row[key]}.js")
    for gone in {path.name for path in folder.iterdir()} - written:
        (folder / gone).unlink()


def csv_of(connection: duckdb.DuckDBPyConnection, customers: Customers) -> bytes:
    """The list of customers as CSV that a spreadsheet opens: UTF-8 with a mark, and no text that it takes for a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(customers.columns)
    for row in customers.rows:
        writer.writerow([_cell(value) for value in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(_UNSAFE_FIRST):
        return f"'{value}"
    return value


def _json(value: Any) -> str:
    """JSON that may stand in a script."""
    return (
        json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        .replace("<", "\\u003c")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029")
    )


def customer_words(words: dict[str, Text], language: str, currency: str) -> dict[str, Any]:
    """What the scripts of the customers' pages need.

    Args:
        words: the words of the frame.
        language: in which values are written.
        currency: of amounts.
    """
    listed, timeline = load_chart("customer_list"), load_chart("customer_timeline")
    word = {key: text[language] for key, text in words.items()}
    typical = [{"mrr": 1_000_000}]
    movements = load_chart("mrr_movements").columns["movement"].values
    return {
        "fields": {key: _field(column, language) for key, column in listed.columns.items()},
        "timeline": {key: _field(column, language) for key, column in timeline.columns.items()},
        "spec": localised_spec(timeline, typical, language, currency),
        "series": {
            name: timeline.columns[column].name(language)
            for name, column in {
                "mrr": "mrr",
                "usage": "uses",
                "level": "level",
                "ews": "ews",
                "tickets": "tickets",
                "csat": "csat",
                "nps": "nps",
            }.items()
        },
        "movements": {key.removesuffix("_mrr"): name[language] for key, name in movements.items()},
        "movementHead": [word["period"], word["movements"], word["amount"]],
        "filters": {
            "csm": None,
            "activation_level": None,
            "health_colour": None,
            "rfm_segment": None,
            "customer_status": None,
            "days_to_renewal": [
                [days, word["within_days"].format(n=days)] for days in (30, 60, 90, 120)
            ],
        },
        "table": {
            "search": word["filter"],
            "info": word["rows_shown"],
            "infoEmpty": word["rows_none"],
            "infoFiltered": word["rows_filtered"],
            "zeroRecords": word["rows_none"],
            "lengthMenu": word["per_page"],
        },
        "all": word["all"],
        "yes": word["yes"],
        "no": word["no"],
        "unknownCustomer": word["customer_unknown"],
    }


def _field(column: Column, language: str) -> dict[str, Any]:
    values = {code: name[language] for code, name in column.values.items()}
    return {
        "name": column.name(language),
        "unit": column.unit,
        "values": values,
        "metric": column.metric,
        "hidden": column.hidden,
    }
