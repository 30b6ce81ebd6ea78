"""The headline numbers: which rows of the mart, how they are written."""

from decimal import Decimal

import duckdb
import pytest

from publishing.headline import SHOWN, headline_numbers


@pytest.fixture
def marts():
    """An empty mart_headline, as far as the headline reads it."""
    with duckdb.connect() as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.mart_headline (metric varchar, period date, value decimal(24,6), is_provisional boolean, is_suppressed boolean, is_headline boolean)"
        )
        yield connection


def fill(marts):
    marts.execute(
        """
        insert into marts.mart_headline values
            ('active_customers', '2026-03-30', 1265, false, false, true),
            ('mrr', '2026-01-01', 1, false, false, false),
            ('mrr', '2026-02-01', 2000.50, true, false, true),
            ('mrr', '2026-03-01', 3, true, false, false),
            ('arr', '2026-02-01', 24006, false, false, true),
            ('nrr', '2026-02-01', 1.005, false, false, true),
            ('nrr_t12m', '2026-02-01', null, false, false, true),
            ('csat', '2026-02-01', null, false, true, true),
            ('activation_score', '2026-03-30', 0.788462, false, false, true)
        """
    )


def test_numbers_are_those_marked_as_headline(marts):
    fill(marts)
    found = {number.metric.name: number for number in headline_numbers(marts)}
    assert tuple(found) == SHOWN
    assert (found["mrr"].label_en, found["mrr"].text) == ("MRR 2026-02", "2,000.50")
    assert found["mrr"].value == Decimal("2000.50")
    assert (found["nrr"].label_en, found["nrr"].text) == ("NRR 2026-02", "100.5%")
    assert (found["active_customers"].label_en, found["active_customers"].text) == (
        "Active",
        "1,265",
    )
    assert found["mrr"].is_provisional and not found["nrr"].is_provisional


def test_without_a_value_there_is_a_dash_and_no_zero(marts):
    assert [(number.text, number.value) for number in headline_numbers(marts)] == [
        ("–", None)
    ] * len(SHOWN)
    fill(marts)
    yearly, satisfaction = headline_numbers(marts, ("nrr_t12m", "csat"))
    assert (yearly.text, yearly.is_suppressed) == ("–", False)
    assert (satisfaction.text, satisfaction.is_suppressed) == ("–", True)


def test_a_score_has_two_decimals_and_whole_money_none(marts):
    fill(marts)
    texts = [number.text for number in headline_numbers(marts, ("activation_score", "arr"))]
    assert texts == ["0.79", "24,006"]
