"""Any content items: activation levels and stage goals agree with the plain Python recomputation."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.warehouse.activation_oracle import (
    STAGES,
    Contract,
    Definition,
    Item,
    StageEvent,
    days_in_current_stage,
    end_of,
    levels,
    levels_on,
    stages,
)
from tests.warehouse.compiled import Chain
from tests.warehouse.purchase_oracle import month_ends

AS_OF = date(2026, 7, 31)
ACCOUNTS = ["a0", "a1", "a2"]
CONTRACTS = [
    Contract("a0", date(2025, 1, 1), date(2025, 12, 31), 7),
    Contract("a0", date(2026, 1, 1), date(2026, 12, 31), 60),
    Contract("a1", date(2026, 7, 10), None, None),
]
# Hours before the end of AS_OF: around 28 days, 90 days, the months' ends, and any other time.
moments = st.sampled_from(
    [
        1,
        23,
        25,
        *(days * 24 + hour for days in (28, 31, 61, 90, 92, 123, 153, 184) for hour in (-1, 1)),
    ]
) | st.integers(-24, 240 * 24)


def instant(hours: int) -> datetime:
    """So many hours before the end of the business date."""
    return end_of(AS_OF) - timedelta(hours=hours)


@st.composite
def items(draw: st.DrawFn) -> Item:
    """An item; often it goes through its stages in order, as real ones do, sometimes in any order."""
    created = draw(moments)
    codes = [stage.code for stage in STAGES]
    events: list[StageEvent] = []
    if draw(st.sampled_from([True, True, False])):
        hours = created
        for code in codes[draw(st.integers(0, 2)) : draw(st.integers(1, 8))]:
            hours -= draw(st.sampled_from([0, 1, 24, 24 * 4, 24 * 20]))
            events.append(StageEvent(code, instant(hours)))
    for hours in draw(st.lists(moments, max_size=3, unique=True)):
        events.append(StageEvent(draw(st.sampled_from(codes)), instant(hours), draw(st.booleans())))
    # two events of a stage at one instant have no order
    distinct = {(event.stage, event.at): event for event in events}
    return Item(
        customer=draw(st.sampled_from(ACCOUNTS)),
        created_at=instant(created),
        planned=draw(st.booleans()),
        interview_set=draw(st.booleans()),
        cancelled_at=draw(st.none() | st.none() | st.none() | moments.map(instant)),
        events=draw(st.permutations(list(distinct.values()))),
    )


DEFINITIONS = [
    Definition(),
    Definition(window_days=30, tolerance=Fraction(1), default_cadence=14, months=3),
    replace(Definition(), thresholds=(0.2, 0.5, 0.6, 0.9), tolerance=Fraction(2), ramp_up_days=10),
]


@pytest.fixture(scope="module", params=DEFINITIONS, ids=str)
def chain(request: pytest.FixtureRequest) -> tuple[Chain, Definition]:
    """The models under one definition, over three companies."""
    chosen: Definition = request.param
    variables = {
        "as_of_date": AS_OF.isoformat(),
        "first_business_date": "2025-01-01",
        "activation_window_days": chosen.window_days,
        "activation_level_thresholds": list(chosen.thresholds),
        "regularity_months": chosen.months,
        "cadence_tolerance": float(chosen.tolerance),
        "default_target_cadence_days": chosen.default_cadence,
        "ramp_up_days": chosen.ramp_up_days,
    }
    fixed = {
        "crm__account": [{"account_id": key, "name": f"株式会社{key}"} for key in ACCOUNTS],
        "crm__contract": [
            {
                "contract_id": f"k{number}",
                "account_id": contract.customer,
                "start_date": contract.start,
                "end_date": contract.end,
                "status": "active",
                "target_cadence_days": contract.cadence,
            }
            for number, contract in enumerate(CONTRACTS)
        ],
    }
    built = Chain(
        (
            *("mart_activation_level", "mart_activation_stage", "fct_activation_monthly"),
            "bridge_customer_identity",
        ),
        ("process__content_item", "process__stage_event"),
        fixed,
        variables,
    )
    return built, chosen


def entities(world: list[Item]) -> dict[str, list[dict[str, Any]]]:
    """Rows of the input entities; items are numbered i0, i1 …"""
    rows = [
        {
            "item_id": f"i{number}",
            "account_id": item.customer,
            "process_id": "content_production",
            "content_type": "story",
            "planned_publish_date": date(2026, 9, 1) if item.planned else None,
            "interview_date": date(2026, 8, 1) if item.interview_set else None,
            "cancelled_at": item.cancelled_at,
            "created_at": item.created_at,
            "_build_id": 1,
        }
        for number, item in enumerate(world)
    ]
    events = [
        {
            "item_id": f"i{number}",
            "stage_code": event.stage,
            "event": "reverted" if event.is_revert else "achieved",
            "achieved_at": event.at,
            "actor_role": "customer",
            "_build_id": 1,
        }
        for number, item in enumerate(world)
        for event in item.events
    ]
    return {"process__content_item": rows, "process__stage_event": events}


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(world=st.lists(items(), min_size=1, max_size=5))
def test_activation_agrees_with_the_oracle(
    chain: tuple[Chain, Definition], world: list[Item]
) -> None:
    """Score, level, regularity, current stage and the change in 28 days, at each month's end too; goals and overdue items a stage."""
    models, definition = chain
    models.run(**entities(world))
    accounts = {
        row["customer_key"]: row["source_id"] for row in models.rows("bridge_customer_identity")
    }
    found = {accounts[row["customer_key"]]: row for row in models.rows("mart_activation_level")}
    for row in found.values():
        for rate in ("activation_score", "regularity_rate"):
            row[rate] *= 1_000_000
    assert differences(found, levels(world, CONTRACTS, AS_OF, definition)) == []
    for customer, row in found.items():
        own = [item for item in world if item.customer == customer]
        assert row["days_in_current_stage"] in days_in_current_stage(own, AS_OF)

    months = {
        (row["month"], accounts[row["customer_key"]]): row
        for row in models.rows("fct_activation_monthly")
    }
    for row in months.values():
        for rate in ("activation_score", "regularity_rate"):
            row[rate] *= 1_000_000
    past = {
        (day.replace(day=1), customer): row
        for day in month_ends(AS_OF, 24)
        for customer, row in levels_on(world, CONTRACTS, day, AS_OF, definition).items()
    }
    assert differences(months, past) == []

    goals = {
        (accounts[row["customer_key"]], row["stage_no"]): row
        for row in models.rows("mart_activation_stage")
    }
    for row in goals.values():
        at = row["latest_achieved_at"]
        row["latest_achieved_at"] = at and at.astimezone(UTC)
    assert differences(goals, stages(world, CONTRACTS, AS_OF, definition)) == []


def differences(found: dict[Any, dict[str, Any]], expected: dict[Any, dict[str, Any]]) -> list:
    """(key, column, found, expected) where a row differs; rows that only one side has."""
    lacking = [(key, "row") for key in found.keys() ^ expected.keys()]
    return lacking + [
        (key, name, found[key][name], value)
        for key, values in expected.items()
        if key in found
        for name, value in values.items()
        if found[key][name] != value
    ]
