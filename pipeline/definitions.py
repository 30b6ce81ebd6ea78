"""The definitions a company may choose otherwise, held against what each may be (definitions/, docs/decisions)."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from runtime.definitions import Definition, defaults, load_definitions
from runtime.errors import TenantError
from runtime.value_types import model

Values = Mapping[str, Any]


def _low_touch_below_high_touch(values: Values) -> str | None:
    low, high = values["touch_low_arr"], values["touch_high_arr"]
    if low > high:
        return f"touch_low_arr ({low:,.0f}) lies above touch_high_arr ({high:,.0f})"
    return None


def _bins_of_quantiles(values: Values) -> str | None:
    if values["rfm_scoring_method"] == "fixed" and values["rfm_bins"] != 5:
        return (
            f"rfm_bins is {values['rfm_bins']} while rfm_scoring_method is 'fixed': "
            "fixed scores are 1 to 5, by the seed rfm_threshold; leave rfm_bins out"
        )
    return None


def _weights(values: Values) -> str | None:
    weights = values["rfm_weights"]
    if not any(weights):
        return f"rfm_weights is {weights}: at least one weight must be above 0"
    if any(round(weight, 4) != weight for weight in weights):
        return f"rfm_weights is {weights}: a weight has at most four decimals"
    return None


def _opens_before_it_closes(values: Values) -> str | None:
    hours = values["business_hours"]
    if hours["start"] >= hours["end"]:
        return f"business_hours is {hours}: start must lie before end"
    return None


def _one_field_one_meaning(values: Values) -> str | None:
    category = values["zendesk_category_field"]
    if category is not None and str(category) == str(values["zendesk_merged_into_field"]):
        return f"zendesk_category_field and zendesk_merged_into_field name one ticket field, {category}"
    return None


# What no declaration can say: each looks at all values and tells what is wrong, or nothing.
TOGETHER = (
    _low_touch_below_high_touch,
    _bins_of_quantiles,
    _weights,
    _opens_before_it_closes,
    _one_field_one_meaning,
)


def check(where: str, before: dict[str, Any], overrides: dict[str, Any]) -> None:
    """Refuse overrides that no definition can have.

    Args:
        where: what the message names, ``tenant.yml`` or ``VARS``.
        before: overrides that they come upon.
        overrides: dbt var → value.

    Raises:
        TenantError: a var is unknown, or a value has another type or range, or two contradict each other.
    """
    known = {entry.name: entry for entry in load_definitions()}
    for name in overrides:
        if name not in known:
            raise TenantError(
                f"{where}: there is no dbt var {name!r} to set",
                f"known are {', '.join(sorted(known))}",
            )
    chosen = defaults() | before | overrides
    try:
        model("Definitions", {name: known[name] for name in overrides}).model_validate(overrides)
        problems = [problem for rule in TOGETHER if (problem := rule(chosen))]
    except ValidationError as error:
        problems = [_explained(found, known[found["loc"][0]]) for found in error.errors()]
    if problems:
        raise TenantError(
            f"{where}: {'; '.join(problems)}", "docs/decisions tells what each var means and may be"
        )


def _explained(problem: Any, definition: Definition) -> str:
    message = problem["msg"].removeprefix("Value error, ").removeprefix("Input ")
    counted = f" ({definition.unit.en})" if definition.unit else ""
    return f"{'.'.join(map(str, problem['loc']))} is {problem['input']!r}: {message}{counted}"
