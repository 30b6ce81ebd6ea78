"""Helpers: landed Parquet parts of a run, and the verdict on it."""

from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow.parquet as pq
import yaml

from expectations.generate import PROJECT
from expectations.raw_check import RunCheck, RunToCheck, check_runs
from expectations.reading import DEFINITIONS
from ingestion.catalogue import find_object
from ingestion.text_table import TECHNICAL_COLUMNS, to_text_table
from runtime.records import Page

DAY = date(2026, 3, 31)
_VARS = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
# What text means in a company that has changed none of it.
USUAL = {name: _VARS[name] for name in (*DEFINITIONS, "reporting_currency")}
T1, T2, T3 = (f"2026-03-{day}T00:00:00.000+0000" for day in (1, 2, 3))


def account(**fields) -> dict:
    """A Salesforce account as the vendor gives it."""
    return {"Id": "A1", "Name": "青山商事", "SystemModstamp": T1, "IsDeleted": False} | fields


def lead(**fields) -> dict:
    """A Salesforce lead: an optional object."""
    return {"Id": "L1", "LastName": "佐藤", "SystemModstamp": T1, "IsDeleted": False} | fields


def land(
    folder: Path, records: list[dict], source_file: str | None = None, name: str = "part"
) -> str:
    """Write records as one part of a run."""
    page, path = Page(records, source_file), folder / f"{name}.parquet"
    pq.write_table(to_text_table(page, 0, 0, name, datetime(2026, 3, 31, tzinfo=UTC)), path)
    return str(path)


def run_of(
    source: str, name: str, parts: list[str], previous: list[str] | None = None
) -> RunToCheck:
    """A run to check; its columns are what its parts hold."""
    previous = previous or []
    return RunToCheck(
        find_object(source, name), parts, _columns(parts), previous, _columns(previous)
    )


def _columns(parts: list[str]) -> list[str]:
    columns = [column for part in parts for column in pq.read_schema(part).names]
    return [column for column in dict.fromkeys(columns) if column not in TECHNICAL_COLUMNS]


def check(folder: Path, *runs: RunToCheck) -> list[RunCheck]:
    """The verdicts on runs."""
    return check_runs(list(runs), "run-1", DAY, folder, USUAL)


def statuses(verdict: RunCheck) -> dict[str, str]:
    """Rules that did not simply pass, by name."""
    return {result.rule: result.status for result in verdict.results if result.status != "passed"}
