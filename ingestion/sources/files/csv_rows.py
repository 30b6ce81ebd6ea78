"""Rows of a CSV file: its delimiter, its quotes, and where they break."""

import csv
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import TextIO

from ingestion.sources.files import limits
from ingestion.sources.files.header import HEAD_ROWS, fold_name
from ingestion.sources.files.unreadable import UnreadableFile, too_much

DELIMITERS = (",", ";", "\t", "|")
# Excel's own hint, which it hides when it opens the file.
DELIMITER_LINE = re.compile(r'"?sep=([^"\r\n])"?[\r\n]*', re.IGNORECASE)
HEAD_CHARACTERS = 100_000  # of a line, where its delimiter is looked for
QUOTES = (
    "write a quotation mark within a cell twice, and quote cells that hold the delimiter or a line break / "
    "セルの中の引用符は2つ重ね、区切り文字や改行を含むセルは引用符で囲んでください"
)
# What Python's csv says, and what it means.
BREAKS = {
    "expected after": "text follows a closing quotation mark / 閉じ引用符の後に文字があります",
    "unexpected end of data": "a quotation mark is opened and never closed / 引用符が閉じられていません",
}

# The default of 128 KB is less than one long support ticket.
csv.field_size_limit(limits.ROW_CHARACTERS)


def csv_rows(path: Path, encoding: str, columns: set[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield (number from 1, cells) of each row, the line `sep=;` left out.

    Args:
        path: the file.
        encoding: Python's name of it.
        columns: names that are expected in the header (`fold_name`): they tell the delimiter.

    Raises:
        UnreadableFile: the quotation marks do not fit, or a row is too long.
    """
    with path.open(encoding=encoding, newline="") as file:
        named = DELIMITER_LINE.fullmatch(file.readline(100))
        start = file.tell() if named else 0
        file.seek(start)
        delimiter = named[1] if named else _delimiter(file, columns)
        file.seek(start)
        yield from _read(path, file, delimiter)


def _read(path: Path, file: TextIO, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    taken = number = 0

    def lines() -> Iterator[str]:
        nonlocal taken
        while line := file.readline(limits.ROW_CHARACTERS + 1):
            taken += len(line)
            if taken > limits.ROW_CHARACTERS:
                raise too_much(
                    path, "characters in a row", "1行の文字数", limits.ROW_CHARACTERS, number + 1
                )
            yield line

    try:
        for number, row in enumerate(csv.reader(lines(), delimiter=delimiter, strict=True), 1):
            yield number, row
            taken = 0
    except csv.Error as error:
        said = [words for part, words in BREAKS.items() if part in str(error)]
        english, japanese = (said[0] if said else "it is no CSV / CSVとして読めません").split(" / ")
        raise UnreadableFile(
            path, f"row {number + 1}: {english} / {number + 1}行目：{japanese}", QUOTES
        ) from error


def _delimiter(file: TextIO, columns: set[str]) -> str:
    """The delimiter that makes a row of expected columns of the file's first rows, else the widest first row."""
    start = file.tell()
    found = {}
    for delimiter in DELIMITERS:
        file.seek(start)
        lines = iter(lambda: file.readline(HEAD_CHARACTERS), "")
        rows = []
        with suppress(csv.Error):  # what is wrong is said when the rows are read
            rows += islice(csv.reader(lines, delimiter=delimiter), HEAD_ROWS)
        known = (len({fold_name(cell) for cell in row} & columns) for row in rows)
        found[delimiter] = (max(known, default=0), len(rows[0]) if rows else 0)
    return max(found, key=found.get)
