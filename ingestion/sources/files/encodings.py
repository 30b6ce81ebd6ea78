"""Which encoding a text file is in: the marked one, the one named for its feed, UTF-8, or CP932.

That bytes decode proves nothing for CP932, whose single bytes A1 to DF take nearly anything. They are CP932 only
if what they then say is Japanese as people write it: docs/decisions/sources.md#encodings
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from ingestion.sources.files.unreadable import EXPORT_AGAIN, Remark, UnreadableFile

BYTE_ORDER_MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe\0\0": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
SAVE_AS_UTF8 = (
    "save it as UTF-8 (Excel: CSV UTF-8), or name its encoding for the feed in tenant.yml (files:) / "
    "UTF-8で保存するか（Excelでは「CSV UTF-8」）、tenant.yml の files: に文字コードを書いてください"
)
BLOCK = 1 << 20
# Bytes without a character in Shift_JIS, which Python's codec lets pass as these.
UNASSIGNED_CP932 = re.compile("[\x80\xa0\uf8f0-\uf8f3]")
# Three-byte characters in UTF-8; other encodings' bytes look like them once in a while only.
JAPANESE = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
# Two such characters in a row, in UTF-8.
JAPANESE_UTF8 = re.compile(rb"(?:[\xe3-\xe9][\x80-\xbf]{2}){2}")
JIS_ESCAPE = re.compile(r"\x1b[$(]")

# So many characters beyond ASCII tell what a file is: the rest of a large one is not looked at.
JUDGED_CHARACTERS = 200_000
# A file of which more than this share of the characters beyond ASCII is implausible is not CP932.
HIGHEST_IMPLAUSIBLE_SHARE = 0.2
RUN = re.compile(r"[^\x00-\x7f]+")
# A Western text read as CP932: each accented letter takes the next letter with it, or is one half-width kana.
ACCENTED_LETTERS = re.compile(rb"(?:[\x81-\x9f\xe0-\xfc][A-Za-z]|[\xa1-\xdf](?![\xa1-\xdf]{2}))+")
PUNCTUATION = re.compile(
    "[、。，．・：；？！（）「」『』【】]"
)  # it stands between Latin words too
HIRAGANA_OR_SIGN = re.compile("[\u3000-\u309f]")
USER_DEFINED = re.compile("[\ue000-\uf8ff]")
# A mark after a kana that takes none, a small kana after one that it does not follow.
STRAY_MARK = re.compile("(?<![ｳｶ-ﾄﾊ-ﾎ])ﾞ|(?<![ﾊ-ﾎ])ﾟ|(?<![ｲｳｸｼﾁﾂﾃﾄﾌﾞ])[ｧ-ｫ]|(?<![ｷｼﾁﾃﾆﾋﾌﾐﾘﾞﾟ])[ｬ-ｮ]")
WRITTEN_KANA = re.compile("[ｳｶ-ﾄﾊ-ﾎ]ﾞ|[ﾊ-ﾎ]ﾟ|[ｷｼﾁﾆﾋﾐﾘ][ｬｭｮ]")
HALF_WIDTH_KANA = re.compile("[｡-ﾟ]+")
# More letters beyond ASCII in a row than Western languages have.
MANY_ACCENTS = re.compile("[\x80-\xff]{4}")
# What came as no character: users' own, those that stand for what could not be read, and UTF-8 that was read as
# CP932 or Windows-1252 and saved so.
CONTINUED = (
    "\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"  # bytes 80 to BF, as Latin-1 and Windows-1252 show them
)
LOST = re.compile(
    f"[\ue000-\uf8ff\ufffd]|[縺繧繝][^\x00-\x7f]|[ÂÃ][{CONTINUED}]|[â-é][{CONTINUED}]{{2}}"
)
LOST_OR_MIXED = re.compile(
    f"{LOST.pattern}|(?<={JAPANESE.pattern}){HALF_WIDTH_KANA.pattern}(?={JAPANESE.pattern})"
)
# Kana, signs and everyday kanji in EUC-JP.
EVERYDAY_EUC = re.compile(rb"(?:[\x00-\x7f]|[\xa1-\xa5\xb0-\xcf][\xa1-\xfe])*")
# Half-width kana in EUC-JP, two bytes each; in CP932 each pair is an everyday kanji (実, 社, 柴 …).
KANA_EUC = re.compile(rb"\x8e[\xa1-\xdf]")
# Words begin with none of these.
WITHIN_WORDS = "ｧｨｩｪｫｬｭｮｯｰﾞﾟ"
# So many characters, some of them of these 63 kanji, that all are words in EUC-JP, are no names in CP932.
FEWEST_EUC = 4


def find_encoding(path: Path, named: str = "") -> str:
    """Python's name of a text file's encoding.

    Args:
        path: the file.
        named: the encoding named for its feed; it is believed, and a byte order mark more.

    Raises:
        UnreadableFile: it is none of those that are read, or not the one that is named.
    """
    with path.open("rb") as file:
        start = file.read(4096)
    marked = [name for mark, name in BYTE_ORDER_MARKS.items() if start.startswith(mark)]
    believed = marked[0] if marked else named
    if believed:
        if _is_decodable(path, believed):
            return believed
        name = believed.removesuffix("-sig").upper()
        who = "byte order mark" if marked else "tenant.yml"
        raise UnreadableFile(
            path,
            f"its characters are not {name}, as the {who} says / {name}として読めない文字があります",
            EXPORT_AGAIN if marked else SAVE_AS_UTF8,
        )
    if b"\0" in start.partition(b"\n")[0]:
        raise UnreadableFile(
            path,
            "its first line holds NUL: UTF-16 needs a byte order mark / 1行目にNULがあります。UTF-16にはBOMが必要です",
            SAVE_AS_UTF8,
        )
    if _is_decodable(path, "utf-8"):
        if any(JIS_ESCAPE.search(block) for block in _blocks(path, "utf-8")):
            raise _none_of_ours(path, ("ISO-2022-JP", "ISO-2022-JP"))
        return "utf-8"
    if _is_nearly(path, "utf-8"):
        raise _damaged(path, "UTF-8", _first_line(path, lambda line: not _is_utf8(line)))
    if not _is_decodable(path, "cp932"):
        likely = _likely(path)
        is_damaged = likely is None and _is_nearly(path, "cp932")
        raise _damaged(path, "Shift_JIS") if is_damaged else _none_of_ours(path, likely)
    utf8_line = _first_line(path, lambda line: JAPANESE_UTF8.search(line) and _is_utf8(line))
    if utf8_line:
        raise _mixed(path, utf8_line)
    line = _implausible_line(path)
    if line is None and (_words_in_euc_jp(path) or 0) >= FEWEST_EUC:
        line = _first_line(path, lambda line: not line.isascii())
    if line is not None:
        raise _none_of_ours(path, _likely(path), line)
    return "cp932"


def euc_jp_too(path: Path) -> Remark | None:
    """What is said of a file that was read as CP932 and whose bytes are words in EUC-JP, too; None if they are not."""
    if _words_in_euc_jp(path) is None:
        return None
    return Remark(
        "encoding_uncertain",
        "it is read as Shift_JIS (cp932); in EUC-JP its characters would be words, too / "
        "Shift_JIS（cp932）として読み込みましたが、EUC-JPとしても読めます",
        "see whether the names are right; write encoding: cp932 or encoding: euc_jp for the feed in tenant.yml (files:), "
        "or save it as UTF-8 / 名称が正しいか確かめ、tenant.yml の files: に encoding: cp932 または encoding: euc_jp と書くか、"
        "UTF-8で保存してください",
        is_of_form=False,
    )


class OddCells:
    """Notes the rows of a file whose text may have come through a wrong encoding.

    Args:
        encoding: what the file was read as; empty for a workbook.

    Attributes:
        rows: how many there are.
    """

    def __init__(self, encoding: str) -> None:
        self.rows = 0
        self._first = 0
        self._columns: dict[str, None] = {}
        self._pattern = LOST_OR_MIXED if encoding == "cp932" else LOST

    def see(self, number: int, record: dict[str, str | None]) -> None:
        """Look at a row."""
        if not self._pattern.search("\0".join(filter(None, record.values()))):
            return
        self.rows += 1
        self._first = self._first or number
        self._columns |= {n: None for n, cell in record.items() if self._pattern.search(cell or "")}

    def remark(self) -> Remark:
        """What is said of them."""
        columns = ", ".join(self._columns)[:200]
        return Remark(
            "odd_characters",
            f"characters without a meaning, or half-width kana within a word, from row {self._first} on in {columns} / "
            f"意味の定まらない文字、または語中の半角カナがあります（{self._first}行目から、{columns}）",
            "see whether they read as they should; if not, save the file as UTF-8 / "
            "正しく読めるか確かめ、読めなければUTF-8で保存し直してください",
            self.rows,
            is_of_form=False,
        )


def _damaged(path: Path, name: str, line: int | None = None) -> UnreadableFile:
    where = (f", from line {line} on", f"（{line}行目から）") if line else ("", "")
    return UnreadableFile(
        path,
        f"its {name} characters are damaged or cut off{where[0]} / "
        f"{name}の文字が壊れているか、途中で切れています{where[1]}",
        EXPORT_AGAIN,
    )


def _mixed(path: Path, line: int) -> UnreadableFile:
    return UnreadableFile(
        path,
        f"line {line} is UTF-8 and others are Shift_JIS: two files in one? / "
        f"{line}行目はUTF-8、他の行はShift_JISです（2つのファイルの連結？）",
        "drop them as two files, or save all of it as UTF-8 / "
        "ファイルを分けるか、全体をUTF-8で保存してください",
    )


def _first_line(path: Path, is_meant: Callable[[bytes], object]) -> int | None:
    """Number from 1 of the first line that is meant, if any is."""
    with path.open("rb") as file:
        return next((number for number, line in enumerate(file, 1) if is_meant(line)), None)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeError:
        return False
    return True


def _none_of_ours(
    path: Path, likely: tuple[str, str] | None, line: int | None = None
) -> UnreadableFile:
    english = "its characters are neither UTF-8 nor Shift_JIS (cp932)"
    japanese = "文字コードがUTF-8でもShift_JISでもありません"
    if likely:
        english += f", they look like {likely[0]}"
        japanese += f"（{likely[1]}と思われます）"
    if line:
        english += f"; read as Shift_JIS line {line} is no Japanese"
        japanese += f"（{line}行目がShift_JISの日本語として読めません）"
    return UnreadableFile(path, f"{english} / {japanese}", SAVE_AS_UTF8)


def _likely(path: Path) -> tuple[str, str] | None:
    """What encoding a file seems to have that has none of ours; None where that cannot be said."""
    if _is_decodable(path, "euc_jp"):
        return "EUC-JP", "EUC-JP"
    if any(MANY_ACCENTS.search(block) for block in _blocks(path, "latin-1")):
        return None
    return (
        "Windows-1252, Mac Roman or another Western encoding",
        "Windows-1252やMac Romanなど欧文の文字コード",
    )


def _is_decodable(path: Path, encoding: str) -> bool:
    try:
        for block in _blocks(path, encoding):
            if encoding == "cp932" and UNASSIGNED_CP932.search(block):
                return False
    except UnicodeError:
        return False
    return True


def _blocks(path: Path, encoding: str, errors: str = "strict") -> Iterator[str]:
    """The text, a MB and the rest of its last line at a time."""
    with path.open(encoding=encoding, errors=errors, newline="") as file:
        while block := file.read(BLOCK):
            yield block + file.readline(BLOCK)


def _is_nearly(path: Path, encoding: str) -> bool:
    """Whether bytes that are not of an encoding nearly are: in another they would be other characters."""
    whole = broken = 0
    for block in _blocks(path, encoding, "replace"):
        broken += block.count("\ufffd")
        whole += len(JAPANESE.findall(block))
    return whole > broken


def _implausible_line(path: Path) -> int | None:
    """A line that shows that a file's CP932 text is no Japanese; None if it is Japanese."""
    characters = implausible = lines = 0
    is_decodable_euc = _is_decodable(path, "euc_jp")
    first = first_odd = 0
    has_everyday = has_rare = stands_alone = is_written = False
    is_kana = is_euc = True
    for block in _blocks(path, "cp932"):
        for run in RUN.finditer(block):
            text, data = run.group(), run.group().encode("cp932")
            before = block[run.start() - 1 : run.start()] if run.start() else ""
            after = block[run.end() : run.end() + 1]
            odd = count_implausible(text, before, after)
            characters += len(text)
            implausible += odd
            if not first or (odd and not first_odd):
                line = lines + block.count("\n", 0, run.start()) + 1
                first, first_odd = first or line, line if odd else 0
            only_half_width = HALF_WIDTH_KANA.fullmatch(text)
            # One character beside a letter, or a half-width one, may be an accented letter; so may two of two widths.
            is_letter = len(text) == 1 or (len(text) == 2 and HALF_WIDTH_KANA.search(text))
            if not is_letter or not (
                before.isalpha() or after.isalpha() or (only_half_width and len(text) == 1)
            ):
                stands_alone = True
            is_kana = is_kana and bool(only_half_width)
            is_written = is_written or bool(WRITTEN_KANA.search(text))
            is_euc = is_euc and bool(EVERYDAY_EUC.fullmatch(data))
            if not has_everyday and not only_half_width:
                leads = {_lead(character) for character in text}
                has_everyday = any(0x81 <= lead <= 0x9F for lead in leads)
                has_rare = has_rare or any(lead >= 0xE0 for lead in leads)
        lines += block.count("\n")
        if characters > JUDGED_CHARACTERS:
            break
    if implausible > HIGHEST_IMPLAUSIBLE_SHARE * characters:
        return first_odd
    is_kana = is_kana and not is_written
    if (has_rare and not has_everyday) or not stands_alone or (is_kana and is_euc):
        return first
    # Bytes of a text in kana and everyday kanji are no EUC-JP.
    return first_odd if implausible and (is_kana or is_decodable_euc) else None


def _words_in_euc_jp(path: Path) -> int | None:
    """How many characters a file has whose bytes are everyday words in EUC-JP, half-width kana among them (0: none
    of these); None if they are no words there."""
    characters = kana = 0
    for block in _blocks(path, "cp932"):
        for run in RUN.finditer(block):
            data = run.group().encode("cp932")
            rest, here = KANA_EUC.subn(b"", data)
            if not EVERYDAY_EUC.fullmatch(rest) or (here and not _is_kana_word(data)):
                return None
            characters, kana = characters + len(run.group()), kana + here
        if characters > JUDGED_CHARACTERS:
            break
    return characters if kana else 0


def _is_kana_word(data: bytes) -> bool:
    """Whether the half-width kana among EUC-JP bytes are written as words are."""
    try:
        text = data.decode("euc_jp")
    except UnicodeError:
        return False
    words = HALF_WIDTH_KANA.findall(text)
    return not STRAY_MARK.search(text) and all(
        len(word) > 1 and word[0] not in WITHIN_WORDS for word in words
    )


def count_implausible(text: str, before: str, after: str) -> int:
    """How many characters of a run of CP932 characters beyond ASCII nobody would write there.

    Args:
        text: the run.
        before, after: the ASCII characters at its ends; empty at the ends of the file.
    """
    data, is_lone = text.encode("cp932"), len(text) == 1
    starts, ends = before.isalpha(), after.isalpha()
    if ACCENTED_LETTERS.fullmatch(data) and not PUNCTUATION.search(text):
        is_within = after.islower() or (ends and (is_lone or before.isupper()))
        if is_within or (is_lone and (before.islower() or (starts and len(data) == 1))):
            return len(text)
    if is_lone and starts and after.islower() and not HIRAGANA_OR_SIGN.match(text):
        return 1
    odd = len(USER_DEFINED.findall(text)) + len(STRAY_MARK.findall(text))
    at_letters = text[:1] * starts + text[-1:] * ends
    return odd + sum(_lead(character) >= 0xE0 for character in at_letters)


def _lead(character: str) -> int:
    """First of a character's two bytes in CP932; 0 if it has one."""
    data = character.encode("cp932")
    return data[0] if len(data) == 2 else 0
