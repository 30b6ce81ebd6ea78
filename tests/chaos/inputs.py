"""Mutated drop files: each row of each is landed, held back with a finding, or in a file that is refused with words."""

import io
import json
import os
import random
import re
import zipfile
from datetime import date, timedelta
from pathlib import Path

import duckdb
import orjson

from ingestion.catalogue import find_object
from ingestion.lake import Lake
from ingestion.load import load
from pipeline.build import contract_columns
from pipeline.commit import check_and_commit
from pipeline.context import Context
from pipeline.extract import extract_object
from pipeline.findings import open_rows
from pipeline.held_back import check_held_back
from runtime.errors import WarehouseError
from runtime.records import Connection
from runtime.settings import get_settings
from runtime.tenant import load_tenant
from tests.chaos.attack import Attack
from tests.ingestion.malformed.generate import csv_text, mutated, workbook
from tests.plans import plan_of

ENTRY = find_object("files", "crm__account")
HEADER = ["account_id", "name", "industry", "employees"]
FIRST = date(2026, 4, 1)
A_DAY = 250  # files
MARK = re.compile(r"M\d{6}R\d")
TELLS_OF_ROWS = {"title_left_out", "total_row_left_out"}


def mutate_files(folder: Path, count: int, chance: random.Random) -> Attack:
    """Drop mutated files, a day's worth at a time, and account for every row that can be seen in them."""
    attack = Attack("mutated files")
    tenant = folder / "tenant"
    tenant.mkdir(parents=True)
    settings = {"name": "inputs", "first_business_date": str(FIRST), "systems": ["files"]}
    (tenant / "tenant.yml").write_text(json.dumps(settings))
    os.environ |= {"CSW_HOME": str(folder / "state"), "CSW_TENANT": str(tenant)}
    context = Context(get_settings(), load_tenant(tenant), Lake(get_settings().lake_root))
    context.settings.home.mkdir()
    for start in range(0, count, A_DAY):
        day = FIRST + timedelta(days=start // A_DAY)
        drop = tenant / "files" / ENTRY.object / day.isoformat()
        drop.mkdir(parents=True)
        files = dict(_file(number, chance) for number in range(start, min(start + A_DAY, count)))
        for name, content in files.items():
            (drop / name).write_bytes(content)
        try:
            run = extract_object(context, ENTRY, day, Connection(""))
            check_and_commit(context, ENTRY.area, day, [run])
        except WarehouseError as error:
            for _ in files:
                attack.see("named failures", "" if error.hint else f"no hint: {error}")
            continue
        _account(context, attack, day, files)
    load(context.settings.warehouse_file, context.lake, contract_columns())
    plan = plan_of(
        context.settings.warehouse_file, as_of_date=FIRST + timedelta(days=count // A_DAY)
    )
    for result in check_held_back(context, plan):
        attack.see(
            f"held back rows said: {result.status}",
            result.message if result.status == "blocked" else "",
        )
    return attack


def _file(number: int, chance: random.Random) -> tuple[str, bytes]:
    """A small table whose rows have a mark each, in some form, damaged."""
    rows = [HEADER]
    rows += [
        [
            f"M{number:06d}R{row}",
            chance.choice(("㈱髙﨑①", 'say "hi", all', "two\nlines")),
            "IT",
            "10",
        ]
        for row in range(4)
    ]
    kind = chance.choice(("csv", "cp932", "utf16", "tsv", "xlsx", "xlsx", "jsonl", "zip"))
    text, is_whole = _edited(csv_text(rows), chance), chance.random() < 0.6
    match kind:
        case "cp932" | "utf16":
            content, end = text.encode({"utf16": "utf-16"}.get(kind, kind), "replace"), "csv"
        case "tsv":
            content, end = text.replace(",", "\t").encode("utf-8-sig"), "tsv"
        case "xlsx":
            if is_whole:
                row, column = chance.randrange(len(rows)), chance.randrange(len(HEADER))
                rows[row] = [*rows[row]]
                rows[row][column] = _edited(rows[row][column] * 2, chance)
            content, end = workbook(rows), "xlsx"
        case "jsonl":
            lines = (orjson.dumps(dict(zip(HEADER, row, strict=True))) for row in rows[1:])
            content, end = b"\n".join(lines), "jsonl"
        case "zip":
            packed = io.BytesIO()
            with zipfile.ZipFile(packed, "w") as archive:
                archive.writestr("accounts.csv", text)
            content, end = packed.getvalue(), "zip"
        case _:
            content, end = text.encode(), "csv"
    return f"{number:06d}-{kind}.{end}", content if is_whole else mutated(content, chance)


def _edited(text: str, chance: random.Random) -> str:
    """A text in which one thing was typed, lost or doubled."""
    at = chance.randrange(len(text))
    match chance.choice(("type", "lose", "double", "line twice", "line lost")):
        case "type":
            return text[:at] + chance.choice("\",;\n\t 　０Ａé€<&'=-+") + text[at:]
        case "lose":
            return text[:at] + text[at + 1 :]
        case "double":
            return text[:at] + text[at : at + 9] + text[at:]
    lines = text.split("\n")
    at = chance.randrange(len(lines))
    return "\n".join(lines[:at] + lines[at : at + 1] * 2 * (len(text) % 2) + lines[at + 1 :])


def _account(context: Context, attack: Attack, day: date, files: dict[str, bytes]) -> None:
    runs = [run for run in context.lake.committed(ENTRY) if run.business_date == day.isoformat()]
    parts = [part for run in runs for part in context.lake.parts(ENTRY, run)]
    noted = {name: notes for run in runs for name, notes in run.files.items()}
    said: dict[str, set[str]] = {}
    for finding in open_rows(context, ENTRY):
        said.setdefault(finding["place"] or finding["key"], set()).add(finding["rule"])
    landed: dict[str, tuple[int, str]] = {}
    if parts:
        with duckdb.connect() as connection:
            rows = connection.execute(
                "select _source_file, count(*) filter (where not _is_deleted), string_agg(to_json(landed)::varchar, ' ') "
                "from read_parquet(?, union_by_name = true, hive_partitioning = false) as landed group by all",
                [parts],
            ).fetchall()
            landed = {place: (n, text) for place, n, text in rows}
    columns = " ".join(column for run in runs for column in run.columns)
    for name, content in files.items():
        place = f"{ENTRY.object}/{day}/{name}"
        rules = said.get(place, set())
        notes = noted.get(place)
        if notes is None:
            attack.see(
                "passed over with a finding" if rules else "unsaid",
                "" if rules else f"{name}: nothing says what became of it",
            )
        elif "reason" in notes:
            told = "file_rejected" in rules and " / " in notes["reason"] and notes["what_to_do"]
            attack.see("refused with words", "" if told else f"{name}: {notes}")
        else:
            count, text = landed.get(place, (0, ""))
            lost = _marks(content) - set(MARK.findall(text)) - set(MARK.findall(columns))
            wrong = ""
            if count != notes["rows"]:
                wrong = f"{name}: {notes['rows']} rows were read, {count} landed"
            elif lost and not rules & TELLS_OF_ROWS:
                wrong = f"{name}: lost {sorted(lost)}"
            attack.see("rows landed", wrong)


def _marks(content: bytes) -> set[str]:
    """The marks that stand in a file, as far as they can be read without our reader."""
    texts = [content]
    if content[:2] == b"PK":
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                names = [
                    n
                    for n in archive.namelist()
                    if n.endswith(("sharedStrings.xml", "sheet1.xml", ".csv"))
                ]
                texts = [archive.read(name) for name in names]
        except (
            Exception
        ):  # whatever a broken archive raises: nothing can be read without our reader
            return set()
    elif content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        texts = [content.decode("utf-16", "replace").encode()]
    return {mark for text in texts for mark in MARK.findall(text.decode("utf-8", "replace"))}
