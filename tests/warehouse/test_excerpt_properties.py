"""Excerpts of what people wrote: nothing that names or reaches somebody survives the mask, the rest does."""

import re
from collections.abc import Iterable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.warehouse.compiled import Chain

CHARACTERS = 60
LAST, FIRST, LATIN = "鬼瓦", "権之助", "Onigawara"
PERSON = {
    "contact_id": "p1",
    "account_id": "a1",
    "last_name": LAST,
    "first_name": FIRST,
    "last_name_kana": "オニガワラ",
    "first_name_kana": LATIN,
    "_build_id": 1,
}
WIDE = str.maketrans(
    "0123456789abcdefghijklmnopqrstuvwxyz@.-+/:",
    "０１２３４５６７８９ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ＠．－＋／：",
)
MARKS = re.compile(r"\[(name|mail|url|address|number)\]")


@pytest.fixture(scope="module")
def answers() -> Chain:
    """Survey answers and who gave them, as far as the excerpts of their comments."""
    return Chain(
        ["fct_interaction"],
        ["success__nps_response"],
        {"crm__contact": [PERSON]},
        {"as_of_date": "2026-06-30", "excerpt_characters": CHARACTERS},
    )


def excerpts(answers: Chain, comments: Iterable[str | None]) -> list[str | None]:
    """Of comments of one person, in their order."""
    comments = list(comments)
    answer = {"account_id": "a1", "contact_id": "p1", "score": 9, "_build_id": 1}
    answers.run(
        success__nps_response=[
            answer
            | {
                "response_id": str(number),
                "comment": comment,
                "responded_at": f"2026-06-01 {number // 60:02d}:{number % 60:02d}:00+00",
            }
            for number, comment in enumerate(comments)
        ],
    )
    rows = answers.rows("fct_interaction", "occurred_at, excerpt_masked")
    return [row["excerpt_masked"] for row in sorted(rows, key=lambda row: row["occurred_at"])]


# what stands before and after; none of it is a digit, a letter of an address or a name
around = st.sampled_from(
    ["", "使いやすい。", "連絡は", "→ ", "「", "（", " ", "、", "\n", "ありがとう、"]
)
after = st.sampled_from(["", "。", " まで", "、至急", "）", "」です", "\n以上"])
labels = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=2, max_size=8)
mails = st.builds(lambda name, host: f"{name}@{host}.co.jp", labels, labels)
urls = st.builds(
    lambda scheme, host, value: f"{scheme}{host}.jp/a?id={value}&k=zz9",
    st.sampled_from(["https://", "http://", "HTTPS://", "www."]),
    labels,
    labels,
)
groups = st.sampled_from(
    [(2, 4, 4), (3, 4, 4), (4, 2, 4), (3, 3, 4), (4, 3, 3), (4, 4, 4, 4), (4, 6, 5), (3, 4), (10,)]
)
separators = st.sampled_from(["-", " ", "", ".", "ー", "−", "－", "‐", "(", ") ", " - ", "・", "~"])
prefixes = st.sampled_from(["", "+81-", "〒", "TEL:", "(", "℡", "電話"])


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """Telephones, cards and postal codes, as people write them."""
    digits = draw(st.sampled_from(["0123456789", "０１２３４５６７８９", "〇一二三四五六七八九"]))
    parts = [
        "".join(draw(st.sampled_from(digits)) for _ in range(length)) for length in draw(groups)
    ]
    return draw(prefixes) + draw(separators).join(parts)


names = st.sampled_from([LAST, FIRST, LAST + FIRST, f"{LAST} {FIRST}", "オニガワラ", "ｵﾆｶﾞﾜﾗ"])
latin_names = st.sampled_from([LATIN, LATIN.upper(), LATIN.lower()])
addressed = st.builds(
    lambda name, called: name + called,
    st.sampled_from(["田中", "長谷川", "佐々木", "マツモト", "Suzuki", "田中 太郎"]),
    st.sampled_from(["様", "さん", "氏", "先生", "部長", " 様", "と申します"]),
)
secrets = st.one_of(mails, urls, numbers(), names, latin_names, addressed)


def folded(text: str) -> str:
    """A text as it is compared: half-width, one kind of digits."""
    return text.translate(
        str.maketrans("０１２３４５６７８９〇一二三四五六七八九", "01234567890123456789")
    )


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(texts=st.lists(st.tuples(around, secrets, st.booleans(), after), min_size=40, max_size=40))
def test_nothing_that_is_masked_survives(answers, texts) -> None:
    """Wherever it stands, in half-width and in full-width letters."""
    comments = [
        before + (secret.translate(WIDE) if wide else secret) + behind
        for before, secret, wide, behind in texts
    ]
    for comment, excerpt in zip(comments, excerpts(answers, comments), strict=True):
        told = MARKS.sub("", folded(excerpt or ""))
        assert "@" not in told, (comment, excerpt)
        assert not re.search(r"[0-9](?:[^0-9ぁ-ん]{0,3}[0-9]){4}", told), (comment, excerpt)
        assert not re.search(r"://|\?", told), (comment, excerpt)
        for part in (LAST, FIRST, "オニガワラ", LATIN.lower()):
            assert part not in told.lower(), (comment, excerpt)
        for part in ("田中", "長谷川", "佐々木", "マツモト", "suzuki", "太郎"):
            assert part not in told.lower(), (comment, excerpt)
        assert len(excerpt or "") <= CHARACTERS


def test_the_rest_is_told(answers) -> None:
    """Words with 様 that are no name, amounts, versions and years; null without text."""
    plain = [
        "仕様の件でお客様に1,200,000円、2026年7月1日の3.2.1版",
        "同様に皆様お疲れ様です。1-2-3と12-34",
        "画面が遅い",
    ]
    assert excerpts(answers, [*plain, None, "", " 　\n"]) == [*plain, None, None, None]


def test_an_excerpt_is_cut_after_it_was_masked(answers) -> None:
    """A number beyond the end is masked whole, a mark that would be cut is left out."""
    filler = "あ" * (CHARACTERS - 4)
    assert excerpts(answers, [filler + "090-1234-5678", filler + "い" * 9]) == [
        filler,
        filler + "い" * 4,
    ]
