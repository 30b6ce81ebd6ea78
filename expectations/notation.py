"""How people write numbers and dates, Japanese ones above all, as SQL that gives the plain form.

Templates as in reading.py: ``<bare>`` is the text, the result the text that a database's own cast reads.
"""

# Full-width and typographic characters, and what they stand for; an apostrophe parts thousands as a space does.
_WIDE = "０１２３４５６７８９．，／：－−‐–▲△＋（）％￥＄＇’　ＲＨＳＴＭ"
_NARROW = "0123456789.,/:------+()%¥$   RHSTM"
# No-break and thin spaces, the apostrophe; the yen sign of Shift_JIS.
_CODES = {160: " ", 8201: " ", 8239: " ", 39: " ", 92: "¥"}
NARROW = (
    f"translate(<bare>, '{_WIDE}'"
    + "".join(f" || chr({code})" for code in _CODES)
    + f", '{_NARROW}{''.join(_CODES.values())}')"
)

# 1 180.00, 1,180, 1180., .5
DIGITS = "(([0-9]{1,3}([, ][0-9]{3})+|[0-9]+)([.][0-9]*)?|[.][0-9]+)"
SIGNED = f"([-+] ?)?{DIGITS}|[(] ?{DIGITS} ?[)]"
PERCENT = f"([-+] ?)?{DIGITS} ?%"
# What may stand before and after an amount of the company's currency; another's is unreadable.
_MARKS = {
    "JPY": ("¥|JPY", "円|JPY"),
    "EUR": ("€|EUR", "€|EUR"),
    "USD": ("[$]|USD", "[$]|USD"),
    "GBP": ("£|GBP", "£|GBP"),
}


def _amount(before: str, after: str) -> str:
    marked = f"(({before}) ?)?{DIGITS}( ?({after}))?"
    # ¥240,000- ends so on a receipt; 240,000- is minus elsewhere
    return (
        f"([-+] ?)?{marked}|({before}) ?[-+]{DIGITS}|({before}) ?{DIGITS}[.]?-|[(] ?{marked} ?[)]"
    )


AMOUNTS = {currency: _amount(*marks) for currency, marks in _MARKS.items()}
# Of a text of one of these forms: its sign, digits and point.
PLAIN = (
    "case when <bare> like '(%' then '-' else '' end || trim(trailing '-' from "
    "translate(<bare>, ', ()+%¥€$£円JPYEURUSDGBP', ''))"
)

_WEEKDAY = " ?([(][月火水木金土日]?(曜日?)?・?祝?[)]|[月火水木金土日]曜日?)"
_CLOCK = "([0-9]{1,2}:[0-9]{2}(:[0-9]{2})?|[0-9]{1,2}時[0-9]{1,2}分([0-9]{1,2}秒)?)"
_DAY = (
    f"(年 ?[0-9]{{1,2}}月 ?[0-9]{{1,2}}日( ?{_CLOCK})?"
    f"|([.][0-9]{{1,2}}[.]|[/-][0-9]{{1,2}}[/-])[0-9]{{1,2}}( {_CLOCK})?)"
)
_ERAS = {"令": 2018, "R": 2018, "平": 1988, "H": 1988, "昭": 1925, "S": 1925}
_ERAS |= {"大": 1911, "T": 1911, "明": 1867, "M": 1867}
DATE = f"[1-9][0-9]{{3}}{_DAY}"
# An era's year is only counted: H33 was written for 2021 before anybody knew of Reiwa.
ERA_DATE = f"(令和|平成|昭和|大正|明治|[RHSTMrhstm]) ?[0-9]{{1,2}}{_DAY}"
COMPACT_DATE = "[1-9][0-9]{7}"
WITHOUT_WEEKDAY = (
    f"replace(replace(replace(regexp_replace({NARROW}, '{_WEEKDAY}', ''), "
    "'元年', '1年'), '㋿', '令和'), '㍻', '平成')"
)


def iso(engine: str) -> str:
    """Of a text of the form DATE or ERA_DATE: 2026-4-1 09:30."""
    group = {"duckdb": "\\", "spark": "$"}[engine]
    text = (
        f"regexp_replace(<bare>, '^[^0-9]*([0-9]+)[年./-] ?([0-9]+)[月./-] ?([0-9]+)日? ?', "
        f"'{group}1-{group}2-{group}3 ')"
    )
    text = f"trim(trailing ': ' from translate({text}, '時分秒', '::'))"
    # a colon is captured rather than written: SQLAlchemy takes a colon before a digit for a parameter
    for _ in ("minute", "second"):
        text = f"regexp_replace({text}, '(:)([0-9])(:|$)', '{group}10{group}2{group}3')"
    return text


def years_before_era() -> str:
    """Of a text of the form ERA_DATE: what its year counts from."""
    eras = "".join(f" when '{first}' then {year}" for first, year in _ERAS.items())
    return f"case upper(left(<bare>, 1)){eras} end"


COMPACT_ISO = "left(<bare>, 4) || '-' || substring(<bare>, 5, 2) || '-' || substring(<bare>, 7, 2)"
