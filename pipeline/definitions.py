"""The definitions a company may choose otherwise: which dbt vars there are and what each may be (docs/decisions)."""

from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from runtime.errors import TenantError


def _ascending(values: list[float]) -> list[float]:
    if sorted(set(values)) != values:
        raise ValueError("every value must be above the one before")
    return values


def _weights(values: list[float]) -> list[float]:
    if not any(values):
        raise ValueError("at least one weight must be above 0")
    if any(round(value, 4) != value for value in values):
        raise ValueError("a weight has at most four decimals")
    return values


def _once_each(values: list[int]) -> list[int]:
    if len(set(values)) != len(values):
        raise ValueError("every day may stand once")
    return values


def _ticket_field(value: int | str | None) -> int | str | None:
    if value is not None and not str(value).isdecimal():
        raise ValueError("should be the number of a Zendesk ticket field, or null")
    return value


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class BusinessHours(_Strict):
    """Support hours: local times, ISO weekdays (1 = Monday)."""

    start: Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
    end: Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
    days: Annotated[
        list[Annotated[int, Field(ge=1, le=7)]], Field(min_length=1), AfterValidator(_once_each)
    ]

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> "BusinessHours":
        if self.start >= self.end:
            raise ValueError("start must lie before end")
        return self


Days = Annotated[int, Field(ge=1, le=36500)]
DaysOrNone = Annotated[int, Field(ge=0, le=36500)]
Name = Annotated[str, StringConstraints(min_length=2)]
Months = Annotated[int, Field(ge=1, le=1200)]
Amount = Annotated[float, Field(ge=0)]
# they stand in SQL between quotes
Texts = Annotated[
    list[Annotated[str, StringConstraints(pattern=r"^[^'\s][^']*$")]], Field(min_length=1)
]
TicketField = Annotated[int | str | None, AfterValidator(_ticket_field)]


class Definitions(_Strict):
    """Every var of dbt_project.yml that a company may set; amounts are in reporting currency."""

    first_date_year: Annotated[int, Field(ge=1900, le=2100)]
    date_years_ahead: Annotated[int, Field(ge=1, le=100)]
    no_value_texts: Texts
    no_end_texts: Texts
    renewal_grace_days: DaysOrNone
    auto_renew_extends: bool
    grr_level: Literal["customer", "family"]
    nrr_include_reactivation: bool
    price_increase_as_expansion: bool
    rfm_lookback_months: Months
    rfm_scoring_method: Literal["quantile", "fixed"]
    rfm_bins: Annotated[int, Field(ge=2, le=9)]
    rfm_tie_method: Literal["min_rank", "max_rank", "ntile"]
    rfm_frequency_unit: Literal["order_date", "order"]
    rfm_include_subscription: bool
    free_orders_are_purchases: bool
    rfm_weights: Annotated[
        list[Annotated[float, Field(ge=0, le=1000)]],
        Field(min_length=3, max_length=3),
        AfterValidator(_weights),
    ]
    decile_lookback_months: Months
    decile_tie_method: Literal["deterministic", "rank"]
    pb_tolerance: Annotated[float, Field(ge=0, lt=1)]
    activation_window_days: Days
    activation_level_thresholds: Annotated[
        list[Annotated[float, Field(gt=0, le=1)]],
        Field(min_length=4, max_length=4),
        AfterValidator(_ascending),
    ]
    regularity_months: Months
    cadence_tolerance: Annotated[float, Field(gt=0)]
    default_target_cadence_days: Days
    ramp_up_days: DaysOrNone
    active_order_days: Days
    test_accounts: list[Name]
    staff_users: list[Name]
    employee_names: Literal["name", "code"]
    touch_high_arr: Amount
    touch_low_arr: Amount
    onboarding_window_days: DaysOrNone
    pre_renewal_window_days: DaysOrNone
    fiscal_year_start_month: Annotated[int, Field(ge=1, le=12)]
    fiscal_year_label: Literal["start", "end"]
    business_hours: BusinessHours
    csat_positive_min: Annotated[float, Field(ge=1, le=5)]
    side_conversations_are_tickets: bool
    min_sample_n: Annotated[int, Field(ge=1)]
    zendesk_category_field: TicketField
    zendesk_merged_into_field: TicketField
    slice_retention_days: Days
    max_held_back_share: Annotated[float, Field(ge=0, lt=1)]

    @model_validator(mode="after")
    def _high_touch_above_low_touch(self) -> "Definitions":
        if self.touch_low_arr > self.touch_high_arr:
            raise ValueError(
                f"touch_low_arr ({self.touch_low_arr:,.0f}) lies above touch_high_arr ({self.touch_high_arr:,.0f})"
            )
        return self

    @model_validator(mode="after")
    def _bins_of_quantiles(self) -> "Definitions":
        if self.rfm_scoring_method == "fixed" and self.rfm_bins != 5:
            raise ValueError(
                f"rfm_bins is {self.rfm_bins} while rfm_scoring_method is 'fixed': "
                "fixed scores are 1 to 5, by the seed rfm_threshold; leave rfm_bins out"
            )
        return self

    @model_validator(mode="after")
    def _one_field_one_meaning(self) -> "Definitions":
        category = self.zendesk_category_field
        if category is not None and str(category) == str(self.zendesk_merged_into_field):
            raise ValueError(
                f"zendesk_category_field and zendesk_merged_into_field name one ticket field, {category}"
            )
        return self


def check(where: str, defaults: dict[str, Any], overrides: dict[str, Any]) -> None:
    """Refuse overrides that no definition can have.

    Args:
        where: what the message names, ``tenant.yml`` or ``VARS``.
        defaults: every var's value without them.
        overrides: dbt var → value.

    Raises:
        TenantError: a var is unknown, or a value has another type or range, or two contradict each other.
    """
    known = Definitions.model_fields
    for name in overrides:
        if name not in known:
            raise TenantError(
                f"{where}: there is no dbt var {name!r} to set",
                f"known are {', '.join(sorted(known))}",
            )
    try:
        Definitions.model_validate({name: defaults[name] for name in known} | overrides)
    except ValidationError as error:
        problems = "; ".join(map(_explained, error.errors()))
        raise TenantError(
            f"{where}: {problems}", "docs/decisions tells what each var means and may be"
        ) from error


def _explained(problem: Any) -> str:
    message = problem["msg"].removeprefix("Value error, ").removeprefix("Input ")
    if not problem["loc"]:
        return message
    return f"{'.'.join(map(str, problem['loc']))} is {problem['input']!r}: {message}"
