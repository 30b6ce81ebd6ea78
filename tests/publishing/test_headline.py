"""The headline numbers: which month, which rows, how they are written."""

import re
from datetime import date
from decimal import Decimal

import duckdb
import pytest

from publishing.headline import headline_numbers
from publishing.site import definition_of

RETENTION = "(month date, segment_type varchar, closing_mrr decimal(18,2), nrr decimal(12,6), grr decimal(12,6), is_provisional boolean, closing_customers integer)"


@pytest.fixture
def marts():
    """Empty tables, as far as the headline reads them."""
    with duckdb.connect() as connection:
        connection.execute("create schema core; create schema marts")
        connection.execute(
            "create table core.dim_customer (customer_key varchar, customer_status varchar)"
        )
        connection.execute(f"create table core.fct_retention_monthly {RETENTION}")
        connection.execute(
            "create table core.fct_retention_t12m (month date, segment_type varchar, nrr_t12m decimal(12,6), grr_t12m decimal(12,6))"
        )
        connection.execute(
            "create table marts.mart_activation_level (as_of_date date, customer_key varchar, activation_level integer)"
        )
        yield connection


def fill(marts):
    marts.execute(
        "insert into core.dim_customer values ('a', 'active'), ('b', 'churned'), ('c', 'active')"
    )
    for month, mrr, nrr in ((1, "1000", "0.9"), (2, "2000.50", "1.005"), (3, "3000", None)):
        marts.execute(
            "insert into core.fct_retention_monthly values (?, 'all', ?, ?, 0.8, ?, 1), (?, 'plan', 7, 7, 7, false, 7)",
            [date(2026, month, 1), mrr, nrr, month > 1, date(2026, month, 1)],
        )
        marts.execute(
            "insert into core.fct_retention_t12m values (?, 'all', ?, 0.5), (?, 'plan', 7, 7)",
            [date(2026, month, 1), f"1.{month}", date(2026, month, 1)],
        )
    marts.execute(
        """
        insert into marts.mart_activation_level values
            ('2026-03-30', 'a', 5), ('2026-03-31', 'a', 0), ('2026-03-31', 'b', 3), ('2026-03-31', 'c', 3),
            ('2026-03-31', 'c', 1)
        """
    )


def texts(marts, day):
    return {number.label_en: number.text for number in headline_numbers(marts, day)}


@pytest.mark.parametrize(
    ("day", "month", "mrr", "nrr", "yearly"),
    [
        (date(2026, 3, 31), "2026-03", "3,000", "–", "130.0%"),
        (date(2026, 3, 30), "2026-02", "2,000.50", "100.5%", "120.0%"),
        (date(2026, 2, 28), "2026-02", "2,000.50", "100.5%", "120.0%"),
        (date(2026, 2, 27), "2026-01", "1,000", "90.0%", "110.0%"),
    ],
)
def test_of_the_newest_complete_month(marts, day, month, mrr, nrr, yearly):
    fill(marts)
    found = texts(marts, day)
    assert found[f"MRR {month}"] == mrr
    assert (found[f"NRR {month}"], found[f"GRR {month}"]) == (nrr, "80.0%")
    assert found["NRR trailing 12 months"] == yearly
    assert found["GRR trailing 12 months"] == "50.0%"


def test_customers_and_the_newest_activation_levels(marts):
    fill(marts)
    found = texts(marts, date(2026, 3, 31))
    assert found["Active customers"] == "2"
    assert found["of them paying (MRR)"] == "1"
    # as many customers as the card above counts: no churned one, nobody twice
    assert found["Activation levels 0–5"] == "L0:1 L1:0 L2:0 L3:1 L4:0 L5:0"


def test_without_data_there_is_a_dash_and_no_zero(marts):
    found = headline_numbers(marts, date(2026, 3, 31))
    assert [(number.text, number.value) for number in found[1:7]] == [("–", None)] * 6
    assert found[7].text == "–"
    assert found[0].text == "0"


def test_values_are_exact(marts):
    fill(marts)
    values = {
        number.label_en: number.value for number in headline_numbers(marts, date(2026, 3, 30))
    }
    assert values["MRR 2026-02"] == Decimal("2000.50")
    assert values["NRR 2026-02"] == Decimal("1.005")


def test_a_month_that_may_still_change_says_so(marts):
    fill(marts)
    for day, provisional in ((date(2026, 1, 31), False), (date(2026, 2, 28), True)):
        found = {number.label_en: number.is_provisional for number in headline_numbers(marts, day)}
        assert found[f"MRR {day:%Y-%m}"] is found["GRR trailing 12 months"] is provisional
        assert not found["Active customers"]


def test_every_number_is_defined_by_a_contract_in_two_languages(marts):
    for number in headline_numbers(marts, date(2026, 3, 31)):
        definition = definition_of(number)
        assert definition["english"] and re.search("[ぁ-んァ-ヶ一-龠]", definition["japanese"])
