"""Companies and people with the spellings that real Japanese master data shows."""

import unicodedata
from dataclasses import dataclass
from random import Random

from demo import vocabulary as words

STREETS = ["本町", "中央", "栄町", "駅前"]
TWIN_NAME = ("株式会社", True, "みらいワークス製作", "ミライワークスセイサク")
BLOCK_NUMBERS = 1_000  # numbers kept for the companies of one block
_VARIANTS = str.maketrans("髙﨑邉邊齋", "高崎辺辺斎")


@dataclass
class Company:
    """Master data of one company, as its Salesforce account has it."""

    name: str
    core: str
    legal_form: str
    form_first: bool
    kana: str
    domain: str
    corporate_number: str | None
    prefecture: str
    city: str
    street: str
    postal_code: str
    phone: str
    industry: str
    employees: int
    revenue: int
    closing_month: int
    closing_day: int


@dataclass
class Person:
    """A person with kana and a romaji used for the mail address."""

    last: str
    first: str
    last_kana: str
    first_kana: str
    romaji: str
    department: str
    title: str
    decides: bool


def check_digit(base: str) -> int:
    """Check digit of a corporate number (法人番号) from its 12-digit base."""
    total = sum(int(digit) * (1 + index % 2) for index, digit in enumerate(reversed(base)))
    return 9 - total % 9


def corporate_number(rng: Random) -> str:
    """A valid 13-digit corporate number whose office code 9900 does not exist (nor does 9901)."""
    return _numbered(f"9900{rng.randrange(10**8):08d}")


def make_companies(rng: Random, count: int, block: int = 0) -> list[Company]:
    """Draw ``count`` companies.

    Args:
        rng: source of chance.
        count: at most as many as there are pairs of a name's two parts.
        block: block of the population. The first one has two companies of one name, in different
            prefectures; names, domains and corporate numbers of any other are its own.
    """
    infix = _infix(block)
    pairs = [(head, tail) for head in words.NAME_HEADS for tail in words.NAME_TAILS]
    companies = []
    for number, (head, tail) in enumerate(rng.sample(pairs, count)):
        form, first = _legal_form(rng)
        core, kana = (head[part] + infix[0] + tail[part] for part in (0, 1))
        slug = f"{head[2]}-{infix[1]}{tail[2]}"
        prefecture = _prefecture(rng)
        if number < 2 and not block:
            form, first, core, kana = TWIN_NAME
            slug = ("mirai-works-tokyo", "mirai-works-osaka")[number]
            prefecture = words.PREFECTURES[number]
        company = _company(rng, (form, first, core, kana), slug, tail[3], prefecture)
        if block and company.corporate_number:
            company.corporate_number = _numbered(f"9901{block * BLOCK_NUMBERS + number:08d}")
        companies.append(company)
    return companies


def make_person(rng: Random) -> Person:
    """Draw one person."""
    surname, given = rng.choice(words.SURNAMES), rng.choice(words.GIVEN_NAMES)
    job = rng.choice(words.JOBS)
    return Person(
        surname[0],
        given[0],
        surname[1],
        given[1],
        f"{given[2]}.{surname[2]}",
        job[0],
        job[1],
        job[2],
    )


def other_spelling(rng: Random, company: Company) -> str:
    """The name as another system might have it: same legal form and position, other characters."""
    core = rng.choice([_fold_width, _fold_variants, wide_latin, _spaced])(company.core)
    form = company.legal_form
    if form in ("株式会社", "㈱", "（株）", "(株)"):
        form = rng.choice(["株式会社", "㈱", "（株）", "(株)"])
    gap = rng.choice(["", "", " ", "　"])
    return f"{form}{gap}{core}" if company.form_first else f"{core}{gap}{form}"


def wide_latin(text: str) -> str:
    """ASCII characters in their full-width forms."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def _company(
    rng: Random, name: tuple[str, bool, str, str], slug: str, industry: str, prefecture: tuple
) -> Company:
    form, first, core, kana = name
    gap = " " if form == "Co.,Ltd." else ""
    employees = int(min(12_000, max(5, rng.lognormvariate(5.0, 1.1))))
    area, exchange = prefecture[1], 10 - len(prefecture[1]) - 4
    return Company(
        name=f"{form}{core}" if first else f"{core}{gap}{form}",
        core=core,
        legal_form=form,
        form_first=first,
        kana=kana,
        domain=f"{slug}.example",
        corporate_number=corporate_number(rng) if rng.random() > 0.03 else None,
        prefecture=prefecture[0],
        city=prefecture[3],
        street=f"{rng.choice(STREETS)}{rng.randint(1, 9)}-{rng.randint(1, 30)}",
        postal_code=f"{prefecture[2]}{rng.randint(0, 9)}-{rng.randint(1, 9999):04d}",
        phone=f"{area}-{rng.randint(2, 9)}{rng.randrange(10 ** (exchange - 1)):0{exchange - 1}d}"
        f"-{rng.randrange(10_000):04d}",
        industry=industry,
        employees=employees,
        revenue=int(employees * rng.uniform(9, 40)) * 1_000_000,
        closing_month=rng.choice([3, 3, 3, 12, 12, 9, 6, 2, 8]),
        closing_day=rng.choice([99, 99, 99, 20, 20, 25, 15]),
    )


def _numbered(base: str) -> str:
    return f"{check_digit(base)}{base}"


def _infix(block: int) -> tuple[str, str]:
    """What stands in the middle of every name of a block, as it is written and for the domain."""
    if not block:
        return "", ""
    digits = []
    rest = block - 1
    while rest or len(digits) < 2:
        rest, digit = divmod(rest, len(words.SYLLABLES))
        digits.append(words.SYLLABLES[digit])
    return "".join(kana for kana, _ in digits), "".join(latin for _, latin in digits) + "-"


def _legal_form(rng: Random) -> tuple[str, bool]:
    weights = [weight for _, _, weight in words.LEGAL_FORMS]
    form, first, _ = rng.choices(words.LEGAL_FORMS, weights)[0]
    return form, first


def _prefecture(rng: Random) -> tuple:
    return rng.choices(words.PREFECTURES, [row[4] for row in words.PREFECTURES])[0]


def _fold_width(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _fold_variants(text: str) -> str:
    return text.translate(_VARIANTS)


def _spaced(text: str) -> str:
    return f"{text[:2]} {text[2:]}" if text.isascii() else text.replace("・", " ")
