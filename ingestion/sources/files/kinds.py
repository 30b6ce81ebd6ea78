"""What kind of file a dropped file is, by its first bytes: its name alone tells nothing."""

import zipfile
from pathlib import Path

from ingestion.sources.files.unreadable import EXPORT_AGAIN, SAVE_AS_XLSX, UNPACK, UnreadableFile

TEXT_ENDINGS = (".csv", ".txt", ".tsv")
WORKBOOK_ENDINGS = (".xlsx", ".xlsm")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # Office files before 2007, and every one with a password
ENCRYPTED = ["EncryptionInfo".encode("utf-16-le"), "EncryptedPackage".encode("utf-16-le")]
PACKED = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"7z\xbc\xaf\x27\x1c": "7-Zip",
    b"\xfd7zXZ": "xz",
    b"Rar!": "RAR",
}
# Member of a ZIP → what such a file is.
OFFICE_FILES = {
    "xl/workbook.bin": ("a binary Excel workbook (.xlsb)", "Excelバイナリブック（.xlsb）"),
    "content.xml": ("an OpenDocument file (.ods)", "OpenDocument形式（.ods）のファイル"),
    "index.apxl": ("a Numbers file", "Numbersのファイル"),
    "Index/Document.iwa": ("a Numbers file", "Numbersのファイル"),
    "word/document.xml": ("a Word document", "Word文書"),
}
WITHOUT_PASSWORD = (
    "open it with its password, remove that (File > Info > Protect Workbook) and save it as .xlsx without one / "
    "開いてパスワードを解除し（ファイル＞情報＞ブックの保護）、パスワードなしの .xlsx で保存してください"
)
HEAD_BYTES = 4096


def is_workbook(path: Path) -> bool:
    """Whether a file is an Excel workbook (.xlsx), else a text file with rows.

    Raises:
        UnreadableFile: it is something else, or something else than its ending says.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    ending = path.suffix.lower()
    if not head:
        raise UnreadableFile(
            path, "it is empty (0 bytes) / ファイルが空です（0バイト）", EXPORT_AGAIN
        )
    _refuse_foreign(path, head)
    if head.startswith(b"PK\x03\x04"):
        _check_archive(path)
        if ending not in WORKBOOK_ENDINGS:
            raise UnreadableFile(
                path,
                f"it is an Excel workbook under a name that ends in {ending or 'nothing'} / "
                "中身はExcelブックですが、拡張子が違います",
                "let its name end in .xlsx / 拡張子を .xlsx にしてください",
            )
        return True
    if ending in WORKBOOK_ENDINGS:
        raise UnreadableFile(
            path,
            f"it is no Excel workbook although its name ends in {ending} / "
            f"拡張子は {ending} ですが、Excelブックではありません",
            "if it is a text file, let its name end in .csv; else save it in Excel anew / "
            "テキストなら拡張子を .csv に、そうでなければExcelで保存し直してください",
        )
    if ending not in TEXT_ENDINGS:
        raise UnreadableFile(
            path,
            f"it has the ending {ending or 'none'}, which is not read / 拡張子 {ending or 'なし'} は読み込めません",
            f"save it as one of {', '.join(TEXT_ENDINGS + WORKBOOK_ENDINGS)} / "
            "CSVまたはExcelブック（.xlsx）で保存してください",
        )
    return False


def _refuse_foreign(path: Path, head: bytes) -> None:
    if head.startswith(OLE):
        raise _office_file(path)
    packed = [name for mark, name in PACKED.items() if head.startswith(mark)]
    if packed:
        raise UnreadableFile(
            path, f"it is packed ({packed[0]}) / 圧縮ファイル（{packed[0]}）です", UNPACK
        )
    if head.startswith(b"%PDF"):
        raise UnreadableFile(
            path,
            "it is a PDF / PDFです",
            "drop the table it was made from, as .csv or .xlsx / もとの表を .csv か .xlsx で置いてください",
        )
    start = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<meta", b"<body")):
        raise UnreadableFile(
            path, "it is a web page (HTML), no table of text / Webページ（HTML）です", SAVE_AS_XLSX
        )
    if start.startswith(b"<?xml") or b"urn:schemas-microsoft-com:office:spreadsheet" in start:
        raise UnreadableFile(path, "it is an XML file / XMLファイルです", SAVE_AS_XLSX)


def _office_file(path: Path) -> UnreadableFile:
    content = path.read_bytes()
    if any(name in content for name in ENCRYPTED):
        return UnreadableFile(
            path,
            "it is protected by a password: save it without / パスワードで保護されています",
            WITHOUT_PASSWORD,
        )
    if "WordDocument".encode("utf-16-le") in content:
        return UnreadableFile(path, "it is a Word document / Word文書です", SAVE_AS_XLSX)
    return UnreadableFile(
        path,
        "it is an old Excel file (.xls, before 2007): save it as .xlsx / 古い形式のExcelファイル（.xls）です",
        SAVE_AS_XLSX,
    )


def _check_archive(path: Path) -> None:
    """Raise UnreadableFile unless a ZIP file is an Excel workbook."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except Exception as error:  # zipfile lets through whatever a damaged directory leads to
        raise damaged(path, error) from error
    if "xl/workbook.xml" in names:
        return
    for member, (english, japanese) in OFFICE_FILES.items():
        if member in names:
            raise UnreadableFile(path, f"it is {english} / {japanese}です", SAVE_AS_XLSX)
    if "[Content_Types].xml" in names or path.suffix.lower() in WORKBOOK_ENDINGS:
        raise damaged(path, KeyError("xl/workbook.xml"))
    raise UnreadableFile(path, "it is a ZIP archive / ZIPファイルです", UNPACK)


def damaged(path: Path, error: Exception) -> UnreadableFile:
    """A workbook that cannot be read; of the error only its kind is told, its text may hold values."""
    return UnreadableFile(
        path,
        f"it is no whole Excel workbook ({type(error).__name__}) / Excelブックとして壊れています",
        SAVE_AS_XLSX,
    )
