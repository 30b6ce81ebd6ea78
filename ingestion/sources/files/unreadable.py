"""What is said of a dropped file that is refused, or read otherwise than it stands there.

Its sender reads these words and nothing else: ``EN / JA``, what was found and where, what to do. Values are
shown by their form where they could be a person's.
"""

import re
from dataclasses import dataclass
from pathlib import Path

SAVE_AS_XLSX = (
    "open it in Excel and save it as an Excel workbook (.xlsx) / "
    "Excelで開き、「Excelブック（.xlsx）」として保存してください"
)
UNPACK = "unpack it and drop the files in it / 展開して、中のファイルを置いてください"
EXPORT_AGAIN = "export it again and drop it whole / もう一度出力し、ファイル全体を置いてください"


class UnreadableFile(Exception):
    """A dropped file is not a clean table.

    Args:
        path: the file.
        reason: what is wrong with it and where, ``EN / JA``.
        what_to_do: what its sender can do, ``EN / JA``.
    """

    def __init__(self, path: Path, reason: str, what_to_do: str) -> None:
        self.path = path
        self.reason = reason
        self.what_to_do = what_to_do
        super().__init__(f"{path.name}: {reason} → {what_to_do}")


@dataclass(frozen=True)
class Remark:
    """Something of a file that was read otherwise than it stands there.

    Attributes:
        rule: short name of what was found, in snake case.
        message: what and where, ``EN / JA``.
        what_to_do: ``EN / JA``.
        rows: how many rows it is about.
        is_of_form: whether it is about how such files are made, not about what this one holds.
        is_incomplete: whether the numbers lack something by it.
    """

    rule: str
    message: str
    what_to_do: str
    rows: int = 1
    is_of_form: bool = True
    is_incomplete: bool = False


def too_much(
    path: Path, english: str, japanese: str, most: int, row: int | None = None
) -> UnreadableFile:
    """A file beyond a limit: ``english`` and ``japanese`` say what it has more of than ``most``."""
    place = (f"row {row} has", f"{row}行目の") if row else ("it has", "")
    return UnreadableFile(
        path,
        f"{place[0]} more than {most:,} {english} / {place[1]}{japanese}が{most:,}を超えています",
        "split it, or leave out what is not needed / ファイルを分けるか、不要な部分を除いてください",
    )


def form_of(value: str) -> tuple[str, str]:
    """What a value looks like, in English and in Japanese, without telling it."""
    if re.fullmatch(r"[\s\d.,/:+-]+", value):
        return f"number or date of {len(value)} characters", f"{len(value)}文字の数値か日付"
    return f"text of {len(value)} characters", f"{len(value)}文字の文字列"
