"""`make metric METRIC=…`: ask the published marts for metrics through MetricFlow."""

import argparse
import sys

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cli.command import exit_status
from publishing.metric_query import metric_sql
from publishing.snapshot import current_snapshot
from runtime.duckdb_connection import connect
from runtime.errors import StateError
from runtime.settings import get_settings


def ask(console: Console, metrics: list[str], group_by: list[str]) -> bool:
    """Print the SQL that MetricFlow writes, and what it gives.

    Raises:
        StateError: nothing is published, or MetricFlow cannot answer.
    """
    snapshot = current_snapshot(get_settings())
    if snapshot is None:
        raise StateError("nothing is published yet", "make run")
    sql = metric_sql(metrics, group_by)
    console.print(sql, markup=False)
    table = Table(title=f"as of {snapshot.as_of_date}", title_justify="left")
    with connect(snapshot.path, read_only=True) as connection:
        answer = connection.execute(sql)
        for name, *_ in answer.description:
            table.add_column(name)
        for row in answer.fetchall():
            table.add_row(*("–" if value is None else escape(str(value)) for value in row))
    console.print(table)
    return True


def main() -> int:
    """Exit status 0 if there was an answer."""
    parser = argparse.ArgumentParser(prog="make metric", description=__doc__)
    parser.add_argument("--metric", required=True, help="names, separated by blanks")
    parser.add_argument("--by", default="", help="dimensions, separated by blanks")
    given = parser.parse_args()
    return exit_status(lambda console: ask(console, given.metric.split(), given.by.split()))


if __name__ == "__main__":
    sys.exit(main())
