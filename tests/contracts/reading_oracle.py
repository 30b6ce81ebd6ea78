"""What a text is read as, in plain Python: the oracle of tests/contracts/test_reading.py."""

import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any
from zoneinfo import ZoneInfo

BLANK = " 　\t\n\r\u00a0\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"
PLAIN = re.compile(r"[+-]?(\d{1,3}(,\d{3})+(\.\d*)?|\d+(\.\d*)?|\.\d+)", re.ASCII)
SCIENTIFIC = re.compile(r"[+-]?\d(\.\d{1,17})?[eE](-?\d{1,2}|[+]\d)", re.ASCII)
DAY = r"(?P<year>[1-9]\d{3})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})"
TIME = r"[ T](?P<hour>\d{1,2}):(?P<minute>\d\d)(:(?P<second>\d\d)(\.(?P<fraction>\d{1,9}))?)?"
OFFSET = r"( ?(?P<utc>Z|UTC|GMT)| ?(?P<sign>[+-])(?P<hours>\d\d):?(?P<minutes>\d\d)?)"
INSTANT = re.compile(f"{DAY}({TIME}{OFFSET}?)?", re.ASCII)
# As people write: 1 180, ¥240,000-, (120,000), 令和8年4月1日(水) 9時5分
SPACED = r"(\d{1,3}([, ]\d{3})+(\.\d*)?|\d+(\.\d*)?|\.\d+)"
MARKS = {"JPY": ("¥|JPY", "円|JPY"), "EUR": ("€|EUR", "€|EUR")}
CLOCK = r"(?P<hour>\d{1,2})(:(?P<minute>\d\d)(:(?P<second>\d\d))?|時(?P<minute_>\d{1,2})分((?P<second_>\d{1,2})秒)?)"
YEAR = r"((?P<era>令和|平成|昭和|大正|明治|[RHSTMrhstm]) ?(?P<of_era>\d{1,2})|(?P<year>[1-9]\d{3}))"
WRITTEN = [
    re.compile(f"{YEAR}{rest}", re.ASCII)
    for rest in (
        rf"年 ?(?P<month>\d{{1,2}})月 ?(?P<day>\d{{1,2}})日( ?{CLOCK})?",
        rf"[.](?P<month>\d{{1,2}})[.](?P<day>\d{{1,2}})( {CLOCK})?",
        rf"[/-](?P<month>\d{{1,2}})[/-](?P<day>\d{{1,2}})( {CLOCK})?",
    )
]
WEEKDAY = " ?([(][月火水木金土日]?(曜日?)?・?祝?[)]|[月火水木金土日]曜日?)"
BEFORE = {"令": 2018, "R": 2018, "平": 1988, "H": 1988, "昭": 1925, "S": 1925}
BEFORE |= {"大": 1911, "T": 1911, "明": 1867, "M": 1867}
TRUE = {
    "true",
    "1",
    "1.0",
    "t",
    "y",
    "yes",
    "on",
    "はい",
    "有",
    "有り",
    "あり",
    "済",
    "済み",
    "要",
    "可",
}
TRUE |= {"○", "〇", "◯", "✓", "✔", "☑", "１", "ｙ", "ｙｅｓ"}
FALSE = {
    "false",
    "0",
    "0.0",
    "f",
    "n",
    "no",
    "off",
    "いいえ",
    "無",
    "無し",
    "なし",
    "未",
    "未済",
    "不要",
}
FALSE |= {"不可", "否", "×", "✕", "✖", "✗", "☓", "０", "ｎ", "ｎｏ"}
SECONDS_A_YEAR = 31_556_952


@dataclass(frozen=True)
class Company:
    """What a text's meaning depends on; ``end`` is the first year after the last one of dates."""

    zone: str = "Asia/Tokyo"
    currency: str = "JPY"
    decimals: int = 0
    first: int = 1990
    end: int = 2047
    no_ends: tuple[str, ...] = ()
    no_values: tuple[str, ...] = ()


def read(text: str | None, reads_as: str, company: Company) -> Any:
    """The value of a text, None if there is none or it cannot be read."""
    bare = (text or "").strip(BLANK)
    if not bare:
        return None
    match reads_as:
        case "integer":
            value = _number(bare, 4)
            is_whole = value is not None and value == int(value)
            return int(value) if is_whole and -(2**31) <= value < 2**31 else None
        case "number":
            return _fitting(_number(bare, 4), 14)
        case "exchange_rate":
            return _fitting(_number(bare, 8), 10)
        case "rate":
            value = _fitting(_number(bare, 6), 3)
            return _of_hundred(bare) if value is None else value
        case "percent":
            value = _fitting(_number(bare, 4), 5)
            return _of_hundred(bare) if value is None else value / 100
        case "money":
            return _money(bare, company.decimals, company.currency)
        case "amount":
            return _money(bare, 2, company.currency)
        case "date" | "birth_date" | "end_date":
            moment = _moment(bare)
            first = 1900 if reads_as == "birth_date" else company.first
            if moment is None or not first <= moment[0].year < company.end:
                return None
            day = _day(*moment, company)
            is_no_end = reads_as == "end_date" and moment[0].date().isoformat() in company.no_ends
            return None if is_no_end else day
        case "instant":
            return _instant(bare, company)
        case "epoch_seconds":
            return _epoch(bare, 1_000_000, company)
        case "epoch_milliseconds":
            return _epoch(bare, 1_000, company)
        case "boolean":
            return {**dict.fromkeys(TRUE, True), **dict.fromkeys(FALSE, False)}.get(bare.lower())
        case "object" | "array":
            return text if isinstance(_json(text), dict if reads_as == "object" else list) else None


def says_nothing(text: str | None, reads_as: str, company: Company) -> bool:
    """Whether a text without a value is no error: blank, a word for none, for an end one for "for ever"."""
    bare = (text or "").strip(BLANK)
    if not bare or bare.lower() in company.no_values:
        return True
    if reads_as != "end_date":
        return False
    moment = _moment(bare)
    return bare.lower() in company.no_ends or (
        moment is not None and moment[0].year >= company.first
    )


def _narrow(bare: str) -> str:
    """Full-width and typographic characters as those they stand for."""
    signs = dict.fromkeys("−‐–▲△", "-") | dict.fromkeys("’'\u00a0\u2009\u202f", " ") | {"\\": "¥"}
    wide = "０１２３４５６７８９．，／：－＋（）％￥＄＇　ＲＨＳＴＭ"
    known = signs | {c: unicodedata.normalize("NFKC", c) for c in wide} | {"＇": " "}
    return "".join(known.get(character, character) for character in bare)


def _wide(bare: str, currency: str = "") -> Decimal | None:
    """Eighteen decimals, twenty digits before them."""
    if PLAIN.fullmatch(bare) or SCIENTIFIC.fullmatch(bare):
        digits = bare.replace(",", "")
    else:
        digits = _written_number(_narrow(bare), *MARKS.get(currency, ("", "")))
    if digits is None:
        return None
    with localcontext(prec=500):
        value = Decimal(digits).quantize(Decimal(1).scaleb(-18), ROUND_HALF_UP)
    return value if abs(value) < 10**20 else None


def _written_number(text: str, before: str, after: str) -> str | None:
    """Sign and digits of what a person wrote."""
    marked = f"(({before}) ?)?(?P<n>{SPACED})( ?({after}))?" if before else f"(?P<n>{SPACED})"
    forms = [("", f"(?P<sign>[-+] ?)?{marked}"), ("-", f"[(] ?{marked} ?[)]")]
    if before:
        forms.append(("", f"({before}) ?(?P<sign>[-+])(?P<n>{SPACED})"))
        forms.append(("", f"({before}) ?(?P<n>{SPACED})[.]?-"))
    for sign, form in forms:
        if found := re.fullmatch(form, text, re.ASCII):
            written = found.groupdict().get("sign") or sign
            return written.strip() + re.sub("[, ]", "", found["n"])
    return None


def _rounded(value: Decimal, decimals: int) -> Decimal:
    with localcontext(prec=500):
        return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def _number(bare: str, decimals: int) -> Decimal | None:
    value = _wide(bare)
    return None if value is None else _rounded(value, decimals)


def _of_hundred(bare: str) -> Decimal | None:
    text = _narrow(bare)
    if not re.fullmatch(f"([-+] ?)?{SPACED} ?%", text, re.ASCII):
        return None
    value = _fitting(_rounded(Decimal(re.sub("[, %]", "", text)), 4), 5)
    return None if value is None else value / 100


def _fitting(value: Decimal | None, digits: int) -> Decimal | None:
    return value if value is not None and abs(value) < 10**digits else None


def _money(bare: str, decimals: int, currency: str) -> Decimal | None:
    value = _wide(bare, currency)
    return _rounded(value, decimals) if value is not None and abs(value) <= 10**16 - 1 else None


def _moment(bare: str) -> tuple[datetime, dict[str, str | None]] | None:
    """The written date and time, without its offset."""
    match = INSTANT.fullmatch(bare)
    found = match.groupdict() if match else _written_moment(_narrow(bare))
    if not found or (found.get("hours") and int(found["hours"]) > 14):
        return None
    if found.get("minutes") and int(found["minutes"]) > 59:
        return None
    part = {name: int(found.get(name) or 0) for name in ("hour", "minute", "second")}
    micros = int(((found.get("fraction") or "") + "000000")[:6])
    try:
        day = date(int(found["year"]), int(found["month"]), int(found["day"]))
        return datetime(day.year, day.month, day.day, **part, microsecond=micros), found
    except ValueError:
        return None


def _written_moment(text: str) -> dict[str, Any] | None:
    if re.fullmatch(r"[1-9]\d{7}", text, re.ASCII):
        return {"year": text[:4], "month": text[4:6], "day": text[6:]}
    text = re.sub(WEEKDAY, "", text, count=1)
    text = text.replace("元年", "1年").replace("㋿", "令和").replace("㍻", "平成")
    found = next((match for form in WRITTEN if (match := form.fullmatch(text))), None)
    if found is None:
        return None
    parts = found.groupdict()
    if parts["era"]:
        parts["year"] = int(parts["of_era"]) + BEFORE[parts["era"][0].upper()]
    parts["minute"] = parts["minute"] or parts["minute_"]
    parts["second"] = parts["second"] or parts["second_"]
    return parts


def _day(written: datetime, found: dict[str, str | None], company: Company) -> date:
    """The company's day of a time with an offset, the written one of midnight and of a time without."""
    if written.time() == time() or not (found.get("utc") or found.get("sign")):
        return written.date()
    return _with_offset(written, found).astimezone(ZoneInfo(company.zone)).date()


def _with_offset(written: datetime, found: dict[str, str | None]) -> datetime:
    if found.get("utc"):
        return written.replace(tzinfo=UTC)
    offset = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"] or 0))
    return written.replace(tzinfo=UTC) + (-offset if found["sign"] == "+" else offset)


def _instant(bare: str, company: Company) -> datetime | None:
    moment = _moment(bare)
    if moment is None or not company.first <= moment[0].year < company.end:
        return None
    written, found = moment
    if not (found.get("utc") or found.get("sign")):
        return written.replace(tzinfo=ZoneInfo(company.zone)).astimezone(UTC)
    return _with_offset(written, found)


def _epoch(bare: str, microseconds: int, company: Company) -> datetime | None:
    if not re.fullmatch(r"\d{1,18}(\.\d*)?", bare, re.ASCII):
        return None
    count = int(_rounded(_wide(bare) * microseconds, 0))
    first, end = ((year - 1970) * SECONDS_A_YEAR for year in (company.first, company.end))
    if not first * 1_000_000 <= count < end * 1_000_000:
        return None
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=count)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
