"""A company's own process of use: windows, single features and fields, from what arrives to the level, against plain Python."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.warehouse.compiled import Chain

AS_OF = date(2026, 7, 31)  # a Friday
SUNDAY = date(2026, 7, 26)
ACCOUNTS = ["a0", "a1", "a2"]
WEBSITES = {"a0": "example.jp", "a1": None, "a2": None}
DAY = timedelta(days=1)

# stage → its row of the seed
GOALS: dict[int, dict[str, Any]] = {
    1: {"measure": "uses", "threshold": 4, "window_days": None},
    2: {"measure": "uses", "threshold": 4, "window_days": 28},
    3: {"measure": "uses", "threshold": 6, "window_days": 91},
    4: {"measure": "features_used", "threshold": 2, "window_days": 30},
    5: {"measure": "users", "threshold": 2, "window_days": 7},
    6: {"measure": "feature_weeks", "threshold": 2, "measure_of": "report"},
    7: {"measure": "feature_uses", "threshold": 3, "measure_of": "report", "window_days": 45},
    8: {"measure": "account_field", "threshold": 1, "measure_of": "website_domain"},
    9: {"measure": "feature_uses", "threshold": 1, "measure_of": "no_such"},
    10: {"measure": "account_field", "threshold": 1, "measure_of": "no_such"},
}
FEATURES = ["report", "editor", "search"]
FIRST_USE = SUNDAY - 13 * 7 * DAY  # so that 13 weeks are whole and 91 days known

uses = st.tuples(
    st.sampled_from(ACCOUNTS),
    st.integers(0, 95).map(lambda back: SUNDAY - back * DAY),
    st.sampled_from(["n1", "n2", "n3"]),
    st.sampled_from(FEATURES),
    st.integers(0, 3),
)


@pytest.fixture(scope="module")
def models() -> Chain:
    """The models over three companies with a process of their own."""
    return Chain(
        (
            *("mart_activation_level", "mart_activation_stage", "bridge_customer_identity"),
            "finding_goal_never_met",
        ),
        ("product__feature_use",),
        {
            "crm__account": [
                {"account_id": key, "name": f"株式会社{key}", "website_domain": site}
                for key, site in WEBSITES.items()
            ],
            "process_stage": [
                {
                    "process_id": "own",
                    "definition_version": "v1",
                    "stage_no": number,
                    "stage_code": f"g{number}",
                    "actor": "customer",
                    "weight": 1,
                }
                | goal
                for number, goal in GOALS.items()
            ],
            "activation_definition": [
                {"process_id": "own", "version": "v1", "valid_from": date(2000, 1, 1)}
            ],
        },
        {"as_of_date": AS_OF.isoformat(), "first_business_date": "2025-01-01"},
    )


def value(goal: dict[str, Any], own: list[tuple], website: str | None) -> Any:
    """What a goal measures of one company; None where it is not known."""
    measure, feature = goal["measure"], goal.get("measure_of")
    if measure == "account_field":
        return int(website is not None) if feature == "website_domain" else None
    window = goal.get("window_days") or 28
    told = [use for use in own if use[1] > SUNDAY - window * DAY]
    of_feature = [use for use in told if use[3] == feature]
    return {
        "uses": sum(use[4] for use in told),
        "features_used": len({use[3] for use in told}),
        "users": len({use[2] for use in told}),
        "feature_uses": sum(use[4] for use in of_feature),
        "feature_weeks": len({(SUNDAY - use[1]).days // 7 for use in of_feature if use[4]}),
    }[measure]


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(told=st.lists(uses, max_size=25))
def test_goals_of_every_kind_agree_with_the_oracle(models: Chain, told: list[tuple]) -> None:
    """Value, flag, score and finding; the feed reaches from 13 weeks before to the last Sunday."""
    told = [
        *told,
        *((key, day, "n1", "editor", 1) for key in ACCOUNTS for day in (FIRST_USE, SUNDAY)),
    ]
    models.run(
        product__feature_use=[
            {"account_id": use[0], "use_date": use[1], "user_id": use[2], "feature_code": use[3]}
            | {"uses": use[4], "_build_id": 1}
            for use in told
        ]
    )
    accounts = {
        row["customer_key"]: row["source_id"] for row in models.rows("bridge_customer_identity")
    }
    stages = {
        (accounts[row["customer_key"]], row["stage_no"]): row
        for row in models.rows("mart_activation_stage")
    }
    scores = {
        accounts[row["customer_key"]]: Fraction(row["activation_score"])
        for row in models.rows("mart_activation_level")
    }
    assert stages.keys() == {(key, number) for key in ACCOUNTS for number in GOALS}
    for key, website in WEBSITES.items():
        own = [use for use in told if use[0] == key]
        expected = {number: value(goal, own, website) for number, goal in GOALS.items()}
        flags = {
            number: None if known is None else int(known >= GOALS[number]["threshold"])
            for number, known in expected.items()
        }
        assert {number: stages[key, number]["measured_value"] for number in GOALS} == expected, key
        assert {number: stages[key, number]["goal_flag"] for number in GOALS} == flags, key
        known = [flag for flag in flags.values() if flag is not None]
        assert abs(scores[key] - Fraction(sum(known), len(known))) <= Fraction(1, 10**6)
        parts = [stages[key, number]["contribution"] for number in GOALS]
        assert abs(sum(Fraction(part) for part in parts if part) - scores[key]) <= Fraction(
            1, 10**5
        )
    never = {("g9", "no_such"), ("g10", "no_such")}
    if "report" not in {use[3] for use in told}:
        never |= {("g6", "report"), ("g7", "report")}
    assert {
        (row["place"].removeprefix("own "), row["key"])
        for row in models.rows("finding_goal_never_met")
    } == never
