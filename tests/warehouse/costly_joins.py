"""Joins that compare each row of one side with each of the other, and why they are cheap all the same.

(model, kind of join) → reason. One side is a handful of rows whatever a company's size, or the result has a
row for nearly every pair.
"""

SEED = "one side is a seed of some dozen rows"
ONE_ROW = "one side is one row: the feeds that are there, or a date"
DATES = "one side is the evaluation dates, and each pair in view is a row of the result"
WEEKS = "one side is the weeks of the calendar, and most pairs are rows of the result"
SEGMENTS = "one side is the kinds of segments, or the months; each pair is a row of the result"
RATES = "both sides are days of exchange rates, of one of them our own currency's alone"

ALLOWED: dict[tuple[str, str], str] = {
    ("crm__exchange_rate", "range"): RATES,
    ("int_exchange_rate", "range"): RATES,
    ("dim_contact", "condition"): SEED + "; the other the distinct job titles",
    ("dim_date", "range"): SEED,
    ("int_company_name", "condition"): SEED,
    ("int_customer_profile", "condition"): SEED,
    ("int_rfm_score", "range"): SEED,
    ("int_rfm_measure", "range"): DATES,
    ("int_rfm_measure", "cross"): DATES,
    ("int_evaluated_customer", "cross"): DATES,
    (
        "fct_subscription_month",
        "range",
    ): "one side is the months of the calendar; a row a line and month",
    ("int_touched_usage_week", "range"): WEEKS,
    ("int_usage_week", "range"): WEEKS,
    ("fct_usage_weekly", "range"): WEEKS,
    (
        "unique_key_int_usage_week_customer_key__week_end__ref_int_touched_usage_week_",
        "range",
    ): WEEKS,
    ("int_touched_activity", "range"): ONE_ROW,
    ("int_customer_service", "cross"): ONE_ROW,
    ("int_follow_up_measure", "cross"): ONE_ROW,
    ("mart_customer_360", "cross"): ONE_ROW,
    ("int_health_component", "cross"): ONE_ROW,
    ("int_state_value", "cross"): ONE_ROW,
    ("mart_health_score", "condition"): SEED,
    ("mart_contact_channel_monthly", "cross"): ONE_ROW,
    ("int_use_goal", "cross"): ONE_ROW,
    (
        "int_process_member",
        "cross",
    ): "one side is the processes of use, and each pair is a row of the result",
    ("int_phase_achieved", "cross"): ONE_ROW,
    ("int_phase_part", "condition"): ONE_ROW,
    ("int_phase_segment", "condition"): ONE_ROW,
    ("int_phase_segment", "cross"): SEGMENTS,
    ("int_phase_lead_time", "cross"): SEGMENTS,
    ("int_phase_grid", "cross"): SEGMENTS,
    (
        "mart_data_quadrant",
        "cross",
    ): "one side is the eight data quadrants, and each pair is a row of the result",
    (
        "mart_success_plan_progress",
        "cross",
    ): "one side is the three steps of a plan, and each pair is a row of the result",
    ("int_retention_segment_month", "cross"): SEGMENTS,
    (
        "mart_funnel_monthly",
        "cross",
    ): "one side is the stages of the funnel, and each pair is a row of the result",
    ("int_retention_year_ago", "cross"): SEGMENTS,
    ("mart_renewal_monthly", "cross"): SEGMENTS,
}
