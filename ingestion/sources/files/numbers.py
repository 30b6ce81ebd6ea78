"""The decimal sign of a dropped file: one for all of it, told by its cells.

A point or a comma that cannot part thousands is a decimal sign: 249,90, 1.180,00, 0.5, 1,180.50. Of
1.180 nobody can tell; it follows the rest of its file. Of 1,180 too, but as money: that has no three decimals.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ingestion.sources.files.unreadable import UnreadableFile

Records = list[dict[str, str | None]]

# A slip in one cell does not change what the others say.
CLEAR_SHARE = 0.9
_NUMBER = re.compile(r"\d*([.,]\d+)+")
_APART = re.compile(r"(?<=\d)[ '’](?=\d)")
_SWAP = str.maketrans(".,．，", ",.，．")


@dataclass
class DecimalSign:
    """What the cells of one file say of its decimal sign.

    Attributes:
        columns: those that hold numbers; ``money`` those of them that hold money.
        is_workbook: a number cell has a point then, whatever it shows.
        written: column → its header, where that is another name.
        cells: sign → how many cells have it; ``examples`` of them by sign, under ``?`` one of 1.180 and
            under ``?,`` one of 1,180, both of money only.
    """

    columns: Sequence[str]
    money: Sequence[str]
    is_workbook: bool = False
    written: dict[str, str] = field(default_factory=dict)
    cells: dict[str, int] = field(default_factory=lambda: {".": 0, ",": 0})
    examples: dict[str, str] = field(default_factory=dict)

    def see(self, records: Records) -> None:
        """Count what these records' cells say."""
        for name in self.columns:
            for record in records:
                text = record.get(name)
                if not text or text.isdigit():
                    continue
                sign = _sign(text)
                if sign in self.cells:
                    self.cells[sign] += 1
                elif sign is None or name not in self.money or (sign == "?" and self.is_workbook):
                    continue
                elif sign == "?,":
                    self.cells["."] += 1
                header = self.written.get(name, name)
                self.examples.setdefault(sign, f"{text.strip()} ({header})")

    def decided(self, path: Path) -> str:
        """The file's sign; a point where no cell tells.

        Raises:
            UnreadableFile: cells contradict each other, or all that is there are amounts such as 1.180.
        """
        point, comma = self.cells["."], self.cells[","]
        if not point and not comma and "?" in self.examples:
            cell = self.examples["?"]
            raise UnreadableFile(
                path,
                f"whether {cell} has three decimals or is a thousand and more, no cell tells / "
                f"{cell}が小数3桁なのか千の位の区切りなのか判断できません",
                "write amounts without marks for thousands / 桁区切りのない金額で出力してください",
            )
        is_comma = comma > point
        if max(point, comma) < CLEAR_SHARE * (point + comma) or (
            is_comma and "?," in self.examples
        ):
            other = self.examples.get(".") or self.examples["?,"]
            raise UnreadableFile(
                path,
                f"a comma is a decimal sign in {self.examples[',']} and none in {other} / "
                f"カンマが小数点のセル（{self.examples[',']}）とそうでないセル（{other}）が混在しています",
                "write one decimal sign throughout / 小数点を統一してください",
            )
        return "," if is_comma else "."

    def with_points(self, records: Records) -> Records:
        """The records of a file with decimal commas as one with decimal points has them."""
        for record in records:
            for name in self.columns:
                if text := record.get(name):
                    record[name] = text.translate(_SWAP)
        return records


def _sign(text: str) -> str | None:
    """The decimal sign that a cell shows, ``?`` of 1.180, ``?,`` of 1,180, None where it shows none."""
    narrow = _APART.sub("", unicodedata.normalize("NFKC", text).replace("\u00a0", " "))
    found = _NUMBER.search(narrow)
    if found is None:
        return None
    number = found[0]
    signs = [character for character in number if character in ".,"]
    groups = re.split("[.,]", number)
    last, others = signs[-1], set(signs[:-1])
    if others and last not in others:  # 1.180,00
        return last if len(others) == 1 and _are_thousands(groups[:-1]) else None
    if others:  # 1.180.000
        other_sign = {".": ",", ",": "."}[last]
        return other_sign if _are_thousands(groups) else None
    if _are_thousands(groups):  # 1.180
        return "?" if last == "." else "?,"
    return last  # 249,90


def _are_thousands(groups: list[str]) -> bool:
    return (
        1 <= len(groups[0]) <= 3
        and not groups[0].startswith("0")
        and all(len(group) == 3 for group in groups[1:])
    )
