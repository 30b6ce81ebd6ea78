"""One decimal sign a dropped file: told by its cells, all of it read so, or the file is refused."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.sources.files.csv_xlsx import UnreadableFile
from ingestion.sources.files.numbers import DecimalSign

PATH = Path("sales.csv")


def sign_of(*cells: str | None, money: bool = True, is_workbook: bool = False) -> str:
    """The sign of a file with these cells in one column."""
    sign = DecimalSign(["amount"], ["amount"] if money else [], is_workbook)
    sign.see([{"amount": cell} for cell in cells])
    return sign.decided(PATH)


@pytest.mark.parametrize(
    ("cells", "sign"),
    [
        (["249,90", "1.180,00"], ","),
        (["249,90", "1.180"], ","),
        (["1.180.000"], ","),
        (["12,5"], ","),
        (["0,125", "100"], ","),
        (["1 180,00", "1’180,50"], ","),
        (["1\u00a0180,00 €"], ","),
        (["１．１８０，００"], ","),
        (["249.90", "1,180.00"], "."),
        (["249.90", "1.180"], "."),
        (["1,180,000", "2,500"], "."),
        (["1,180", "2,500"], "."),
        (["1'180.00"], "."),
        (["1200000", None, "-", "1,200,000円"], "."),
        (["1,0,0"], "."),
        (["249.90"] * 9 + ["12,5"], "."),
        (["1,180"] * 9 + ["1,0000"], "."),
        ([], "."),
    ],
)
def test_the_cells_of_a_file_tell_its_decimal_sign(cells, sign):
    assert sign_of(*cells) == sign


@pytest.mark.parametrize(
    "cells",
    [
        ["249.90", "249,90"],
        ["1.180", "2.500"],
        ["1.180"],
        ["1,180", "12,5"],
        ["249,90"] * 20 + ["1,180"],
    ],
)
def test_a_file_whose_cells_do_not_tell_is_refused_with_a_cell(cells):
    with pytest.raises(UnreadableFile, match=r"\(amount\)"):
        sign_of(*cells)


def test_three_decimals_are_usual_in_what_is_no_money():
    assert sign_of("1.180", "2.000", money=False) == "."
    assert sign_of("1,180", "2,5", money=False) == ","
    assert sign_of("1.125", is_workbook=True) == "."


@given(st.lists(st.decimals(0, 10**9, places=2), min_size=1), st.sampled_from([",", " ", "'", ""]))
def test_what_a_german_and_an_american_write_is_read_alike(amounts, thousands):
    american = [f"{amount:,.2f}" for amount in amounts]
    if thousands != ",":
        american = [text.replace(",", thousands) for text in american]
    german = [text.translate(str.maketrans(",.", ".,")) for text in american]
    assert sign_of(*american) == "."
    assert sign_of(*german) == ","
    records = DecimalSign(["amount"], []).with_points([{"amount": text} for text in german])
    assert [record["amount"] for record in records] == american
    assert [Decimal(text.replace(thousands or ",", "")) for text in american] == amounts
