"""Goals of the activation level that cannot be measured are refused before anything is published, each by its own words."""

from decimal import Decimal

import duckdb
import pytest

from expectations.contracts import load_contract

CONTRACT = load_contract("core", "dim_process_stage")
GOOD = {"process_id": "p", "definition_version": "v1", "measure": "uses", "threshold": Decimal(1)}


def broken_rules(**goal: object) -> set[str]:
    """Blocking rules of the definitions' contract that a goal breaks; each says where to correct it."""
    row = GOOD | goal
    columns = ", ".join(f"{column.name} {column.data_type}" for column in CONTRACT.columns)
    with duckdb.connect() as connection:
        connection.execute(f"create table goal ({columns})")
        connection.execute(
            f"insert into goal ({', '.join(row)}) values ({', '.join('?' * len(row))})",
            list(row.values()),
        )
        return {
            rule.name
            for rule in CONTRACT.rules
            if rule.severity == "block" and connection.execute(rule.query("goal")).fetchall()
        }


@pytest.mark.parametrize(
    "goal",
    [
        {},
        {"window_days": 7},
        {"window_days": 366},
        {"measure": "feature_uses", "measure_of": "report", "window_days": 90},
        {"measure": "feature_weeks", "measure_of": "report", "threshold": Decimal(4)},
        {"measure": "account_field", "measure_of": "website_domain"},
    ],
)
def test_a_goal_that_can_be_measured_is_let_through(goal):
    assert broken_rules(**goal) == set()


@pytest.mark.parametrize(
    ("goal", "rule"),
    [
        ({"measure": "clicks"}, "measure_accepted"),
        ({"window_days": 6}, "window_days_in_range"),
        ({"window_days": 367}, "window_days_in_range"),
        ({"measure": "users_share", "window_days": 90}, "window_days_in_range"),
        ({"measure": "feature_uses"}, "measure_of_is_named"),
        ({"measure": "account_field", "measure_of": " "}, "measure_of_is_named"),
        ({"measure_of": "report"}, "measure_of_is_named"),
        (
            {"measure": "feature_weeks", "measure_of": "report", "threshold": Decimal(5)},
            "feature_weeks_in_window",
        ),
        (
            {"measure": "feature_weeks", "measure_of": "report", "window_days": 30},
            "feature_weeks_in_window",
        ),
        (
            {"measure": "account_field", "measure_of": "city", "threshold": Decimal(2)},
            "account_field_is_filled_or_not",
        ),
        (
            {"measure": "account_field", "measure_of": "city", "regular_weeks": 4},
            "account_field_is_filled_or_not",
        ),
    ],
)
def test_a_goal_that_cannot_be_measured_is_refused(goal, rule):
    assert broken_rules(**goal) == {rule}
