"""Writes the malformed files the tests read: `python tests/ingestion/malformed/generate.py`.

120 dropped files (drops/) and 80 HTTP answers (answers/, whole with status line and headers), all from one
seed. outcomes.json tells what becomes of each; the test that reads it can write it anew (see there).
"""

import gzip
import io
import random
import re
import zipfile
from pathlib import Path

import openpyxl
import orjson

FOLDER = Path(__file__).parent
STAMP = "2026-11-02T00:00:00.000+0000"
ROWS = [
    ["account_id", "name", "industry", "employees"],
    ["A1", "㈱髙﨑①", "製造", "10"],
    ["A2", 'say "hi", all', "小売;卸", "20"],
    ["A3", "two\nlines", "", "30"],
    ["A4", "青山商事", "IT", "0040"],
]
RECORDS = [
    {"attributes": {"type": "Lead"}, "Id": f"00Q{n:012d}AAA", "SystemModstamp": STAMP, "Name": "髙"}
    for n in range(3)
]
# Mostly printable ones: others are refused for their encoding and test little else.
BYTES = [*range(0x20, 0x7F)] * 4 + [*range(256)]
SST = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
PAGE = {"totalSize": 3, "done": True, "records": RECORDS}


def csv_text(rows: list[list[str]], delimiter: str = ",", end: str = "\n") -> str:
    """Rows as CSV, every cell quoted."""
    return "".join(
        delimiter.join('"' + cell.replace('"', '""') + '"' for cell in row) + end for row in rows
    )


def workbook(rows: list[list[object]], sheets: int = 1) -> bytes:
    """Rows as a small workbook."""
    book, target = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    for number in range(1, sheets):
        book.create_sheet(f"extra{number}")
    book.save(target)
    # The time of writing would make every generation another.
    content = repacked(target.getvalue(), "docProps/core.xml", lambda data: b"<coreProperties/>")
    return with_shared_strings(content)


def with_shared_strings(content: bytes) -> bytes:
    """The workbook as Excel itself stores it: texts once, cells with their numbers."""
    texts: list[bytes] = []

    def number(cell: re.Match[bytes]) -> bytes:
        texts.append(b"<si>" + cell[2] + b"</si>")
        return cell[1] + b't="s"><v>%d</v></c>' % (len(texts) - 1)

    def shared(sheet: bytes) -> bytes:
        return re.sub(rb'(<c [^>]*)t="inlineStr"><is>(.*?)</is></c>', number, sheet, flags=re.S)

    part = (
        b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/'
        b'vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
    )
    content = repacked(content, "xl/worksheets/sheet1.xml", shared)
    content = repacked(content, "[Content_Types].xml", lambda data: data.replace(b"</Types>", part))
    return repacked(
        content, "xl/sharedStrings.xml", lambda data: b"%s%s</sst>" % (SST, b"".join(texts))
    )


def repacked(content: bytes, member: str, change: object) -> bytes:
    """A workbook with one member changed, or left out if ``change`` is None; always of one date."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as book,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy,
    ):
        for name in dict.fromkeys([*book.namelist(), member]):
            data = book.read(name) if name in book.namelist() else b""
            if name == member and change is None:
                continue
            information = zipfile.ZipInfo(name, (2026, 11, 22, 0, 0, 0))
            information.compress_type = zipfile.ZIP_DEFLATED
            copy.writestr(information, change(data) if name == member else data)
    return target.getvalue()


def mutated(content: bytes, chance: random.Random) -> bytes:
    """A few bytes changed, cut out, doubled or put in."""
    data = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data))
        kind = chance.randrange(5)
        if kind == 0:
            data[at] = chance.choice(BYTES)
        elif kind == 1:
            del data[at : at + chance.randint(1, 20)]
        elif kind == 2:
            data[at:at] = data[at : at + chance.randint(1, 30)]
        elif kind == 3:
            data[at:at] = bytes(chance.choices(BYTES, k=chance.randint(1, 6)))
        else:
            data[at:at] = chance.choice([b'"', b"\n", b"\r", b",", b"\0", b"\xef\xbb\xbf", b"\x1a"])
    return bytes(data)


def drops(chance: random.Random) -> dict[str, bytes]:
    """Name → content of every dropped file."""
    text, head = csv_text(ROWS), ",".join(ROWS[0])
    plain = f"{head}\nA1,Acme,IT,10\n"
    bases = {
        "utf8": text.encode(),
        "bom": text.encode("utf-8-sig"),
        "utf16": text.encode("utf-16"),
        "cp932": text.encode("cp932"),
        "tab": csv_text(ROWS, "\t", "\r\n").encode(),
    }
    files = {
        f"{name}-{number:02d}.csv": mutated(content, chance)
        for name, content in bases.items()
        for number in range(12)
    }
    made = {
        "empty": "",
        "newlines": "\n\r\n\r\r\n",
        "nul": "\0" * 40,
        "header-only": f"{head}\n",
        "no-header": "A1,Acme,IT,10\nA2,Bolt,IT,20\n",
        "html": "<!DOCTYPE html><html><body><h1>503 Service Unavailable</h1></body></html>",
        "json": '{"error": "not found"}',
        "sql": "SELECT * FROM account;\n",
        "title-row": f"取引先一覧\n{plain}",
        "two-headers": f"{head}\n{plain}",
        "utf8-cut": f"{plain}A2,青山商事株式会社,".encode()[:-2],
        "trailer": f"{plain}-- 1 rows --\n",
        "total": f"{plain}合計,,,10\n",
        "total-short": f"{plain}合計,10\n",
        "wide-row": f"{plain}A2,Bolt,IT,20,more\n",
        "short-row": f"{plain}A2,Bolt\n",
        "open-quote": f'{plain}A2,"Bolt,IT,20\n',
        "quote-inside": f'{plain}A2,Bo"lt,IT,20\n',
        "after-quote": f'{plain}A2,"Bolt"x,IT,20\n',
        "mac-ends": plain.replace("\n", "\r"),
        "mixed-ends": f"{head}\r\nA1,Acme,IT,10\nA2,Bolt,IT,20\rA3,Core,IT,30\r\n",
        "ctrl-z": f"{plain}\x1a",
        "spaces": f" {head.replace(',', ' , ')} \nA1,Acme,IT,10\n",
        "reserved": "account_id,name,_row\nA1,Acme,1\n",
        "doubled": "account_id,name,NAME\nA1,Acme,Bolt\n",
        "unnamed": "account_id,name,,x\nA1,Acme,1,2\n",
        "pipe": "account_id|name\nA1|Acme\n",
        "semicolon-in-comma": f"{head};x\nA1,Acme,IT,10;1\n",
        "deep-quotes": f'{head}\nA1,"{"x" * 20}""""{"y" * 20}",IT,10\n',
        "long-cell": f"{head}\nA1,{'長' * 5000},IT,10\n",
        "many-columns": ",".join(["account_id", "name", *(f"c{n}" for n in range(500))]) + "\n",
    }
    files |= {
        f"made-{name}.csv": content if isinstance(content, bytes) else content.encode()
        for name, content in made.items()
    }
    book = workbook(ROWS)
    sheet, strings = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
    books = {
        "cut-half": book[: len(book) // 2],
        "cut-end": book[:-20],
        "no-zip": b"PK\x03\x04 nothing follows",
        "old-xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        "csv-inside": text.encode(),
        "other-zip": repacked(book, "xl/workbook.xml", None),
        "no-sheet": repacked(book, sheet, None),
        "no-strings": repacked(book, strings, None),
        "no-styles": repacked(book, "xl/styles.xml", None),
        "no-types": repacked(book, "[Content_Types].xml", None),
        "sheet-cut": repacked(book, sheet, lambda data: data[: len(data) // 2]),
        "sheet-empty": repacked(book, sheet, lambda data: b""),
        "sheet-text": repacked(book, sheet, lambda data: b"not xml"),
        "strings-cut": repacked(book, strings, lambda data: data[:40]),
        "bad-index": repacked(book, sheet, lambda data: data.replace(b"<v>1</v>", b"<v>99</v>")),
        "bad-cell": repacked(book, sheet, lambda data: data.replace(b'r="A2"', b'r="?"')),
        "far-cell": repacked(book, sheet, lambda data: data.replace(b'r="D2"', b'r="XFD2"')),
        "entity-bomb": repacked(
            book,
            strings,
            lambda data: (
                b'<!DOCTYPE s [<!ENTITY a "x"><!ENTITY b "&a;&a;">]>' + data.replace(b"A1", b"&b;")
            ),
        ),
        "two-sheets": workbook(ROWS, sheets=2),
        "no-rows": workbook([]),
        "title": workbook([["取引先一覧"], *ROWS]),
        "merged": workbook([["account_id", "name", None, "x"], ["A1", "Acme", "1", "2"]]),
        "total": workbook([*ROWS[:2], ["合計", None, None, 10]]),
        "formula": workbook([ROWS[0], ["A1", "=1+1", "IT", "=B2"]]),
        "huge-number": workbook([ROWS[0], ["A1", "Acme", "IT", 10**300]]),
    }
    files |= {f"book-{name}.xlsx": content for name, content in books.items()}
    while len(files) < 120:
        files[f"book-bytes-{len(files)}.xlsx"] = mutated(book, chance)
    return files


def answer(body: bytes, status: str = "200 OK", length: int | None = None, **headers: str) -> bytes:
    """One whole HTTP answer; ``length`` is what Content-Length claims, if not the truth."""
    lines = {"Content-Type": "application/json", "Content-Length": str(len(body))}
    lines |= {"Content-Length": str(length)} if length is not None else {}
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode("latin-1") + body


def answers(chance: random.Random) -> dict[str, bytes]:
    """Name → whole answer of the query."""
    good = orjson.dumps(PAGE)
    packed = gzip.compress(good, mtime=0)
    bodies: dict[str, object] = {
        "list": [],
        "object": {},
        "text": "records",
        "number": 1,
        "null": None,
        "records-null": PAGE | {"records": None},
        "records-object": PAGE | {"records": {}},
        "records-numbers": PAGE | {"records": [1, 2]},
        "records-nested": PAGE | {"records": [[{}]]},
        "record-null": PAGE | {"records": [None]},
        "no-records": {"done": True},
        "no-done": {"records": RECORDS},
        "no-next": PAGE | {"done": False},
        "next-number": PAGE | {"done": False, "nextRecordsUrl": 5},
        "next-elsewhere": PAGE | {"done": False, "nextRecordsUrl": "http://127.0.0.1:1/x"},
        "error-with-200": [{"errorCode": "UNKNOWN_EXCEPTION", "message": "x"}],
    }
    files = {f"shape-{name}": answer(orjson.dumps(body)) for name, body in bodies.items()}
    html = b"<html><body>We are down for maintenance</body></html>"
    refusal = orjson.dumps([{"errorCode": "SERVER_UNAVAILABLE", "message": "busy"}])
    chunk = f"{len(good):x}\r\n".encode() + good + b"\r\n"
    files |= {
        "html-200": answer(html, Content_Type="text/html"),
        "html-as-json": answer(html),
        "html-503": answer(html, "503 Service Unavailable", Content_Type="text/html"),
        "text-type": answer(good, Content_Type="text/plain; charset=shift_jis"),
        "no-type": answer(good, Content_Type=""),
        "bom": answer(b"\xef\xbb\xbf" + good),
        "latin1": answer('{"done": true, "records": [{"Id": "é"}]}'.encode("latin-1")),
        "lone-surrogate": answer(b'{"done": true, "records": [{"Id": "\\ud800"}]}'),
        "nan": answer(b'{"done": true, "records": [{"Id": "1", "x": NaN}]}'),
        "deep": answer(b"[" * 3000 + b"]" * 3000),
        "two-documents": answer(good + good),
        "doubled-key": answer(b'{"done": false, "done": true, "records": []}'),
        "short": answer(good, length=len(good) + 50),
        "long": answer(good, length=len(good) - 50),
        "negative-length": answer(good, length=-1),
        "length-text": answer(good, Content_Length="many"),
        "empty": answer(b""),
        "no-content": answer(b"", "204 No Content", Content_Length=""),
        "gzip-cut": answer(packed[:-9], Content_Encoding="gzip"),
        "gzip-none": answer(good, Content_Encoding="gzip"),
        "gzip-flipped": answer(packed[:30] + b"\xff" + packed[31:], Content_Encoding="gzip"),
        "gzip-unknown": answer(packed, Content_Encoding="br"),
        "chunk-cut": answer(chunk[:-30], Content_Length="", Transfer_Encoding="chunked"),
        "chunk-size": answer(b"zz\r\nabc", Content_Length="", Transfer_Encoding="chunked"),
        "chunk-no-end": answer(chunk, Content_Length="", Transfer_Encoding="chunked"),
        "no-status": good,
        "half-status": b"HTTP/1.1 20",
        "status-999": answer(b"", "999 Odd"),
        "status-text": answer(b"", "OK fine"),
        "header-cut": b"HTTP/1.1 200 OK\r\nContent-Ty",
        "header-huge": answer(good, X_Noise="n" * 70_000),
        "header-many": answer(good, **{f"X_N{n}": "1" for n in range(150)}),
        "redirect-loop": answer(b"", "302 Found", Location="/services/data/v63.0/queryAll"),
        "redirect-away": answer(b"", "302 Found", Location="http://127.0.0.1:1/"),
        "nothing": b"",
    }
    waits = {
        "zero": "0",
        "missing": "",
        "negative": "-5",
        "huge": "9" * 400,
        "exponent": "1e400",
        "words": "soon",
        "date-9999": "Fri, 31 Dec 9999 23:59:59 GMT",
        "date-past": "Thu, 01 Jan 1970 00:00:00 GMT",
        "date-odd": "Fri, 99 Xxx 99999 99:99:99 GMT",
    }
    files |= {
        f"wait-{name}": answer(refusal, "503 Service Unavailable", Retry_After=wait)
        for name, wait in waits.items()
    }
    clocks = {
        "future": "Sat, 01 Jan 2101 00:00:00 GMT",
        "past": "Thu, 01 Jan 1970 00:00:00 GMT",
        "odd": "yesterday",
        "overflow": "Fri, 31 Dec 99999 23:59:59 +9999",
    }
    files |= {f"clock-{name}": answer(good, Date=value) for name, value in clocks.items()}
    while len(files) < 80:
        files[f"bytes-{len(files)}"] = mutated(answer(good), chance)
    return {f"{name}.http": content for name, content in files.items()}


def main() -> None:
    """Write both folders anew."""
    for folder, make in (("drops", drops), ("answers", answers)):
        (FOLDER / folder).mkdir(exist_ok=True)
        for old in (FOLDER / folder).iterdir():
            old.unlink()
        for name, content in make(random.Random(20261122)).items():
            (FOLDER / folder / name).write_bytes(content)


if __name__ == "__main__":
    main()
