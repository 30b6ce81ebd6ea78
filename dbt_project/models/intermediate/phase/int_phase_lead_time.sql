-- grain: month of start (the one before the first stands for all of them) × phase × segment: days from the gate before, and their median by the product-limit estimate
-- (Kaplan–Meier), in which who is not there yet, or left before, counts until then (docs/domain/activation.md#phases)
{%- set key = 'month, phase_code, segment_type, segment_value' %}
with phase as (

    select * from {{ ref('int_phase_position') }}
    where {{ month_of('started_date') }} > {{ history_start() }}
        and coalesce(achieved_date, observed_until) >= lead_from_date

),

timed as (

    select
        {{ month_of('phase.started_date') }} as started_month,
        phase.phase_code,
        {%- for segment_type in fixed_segment_types() %}
        coalesce(customer.{{ segment_type }}, 'unknown') as {{ segment_type }},
        {%- endfor %}
        {{ dbt.datediff('phase.lead_from_date', 'coalesce(phase.achieved_date, phase.observed_until)', 'day') }} as days,
        case when phase.achieved_date is not null then 1 else 0 end as is_achieved
    from phase
    left join {{ ref('int_retention_customer') }} as customer on phase.customer_key = customer.customer_key

),

segmented as (

    {% for month in ['started_month', history_start()] -%}
    select {{ month }} as month, phase_code, days, is_achieved, segment_type, {{ fixed_segment_value() }} as segment_value
    from timed
    cross join {{ ref('int_retention_segment_type') }}
    where segment_type <> 'touch_model'
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- by day: who got there, of those who had not before
by_day as (

    select
        {{ key }}, days,
        sum(is_achieved) as achieved,
        sum(count(*)) over (partition by {{ key }} order by days desc rows unbounded preceding) as at_risk
    from segmented
    group by {{ key }}, days

),

-- the logarithm of the share not there yet, and z of its standard errors (Greenwood); a day on which all the rest get there has none
survival as (

    select
        *,
        max(case when achieved = at_risk then 1 else 0 end) over until_day = 1 as is_over,
        sum(case when achieved < at_risk then ln(1 - cast(achieved as double) / at_risk) end) over until_day as log_left,
        {{ normal_975() }}
        * sqrt(sum(case when achieved < at_risk then cast(achieved as double) / at_risk / (at_risk - achieved) end) over until_day) as spread
    from by_day
    window until_day as (partition by {{ key }} order by days rows unbounded preceding)

),

-- the first day on which half of them are there, by the estimate and by both its bounds (of 95 %, by ln(−ln)); a hair's
-- breadth for what the logarithms lose. Where all the rest get there on a day, its upper bound is none.
estimate as (

    select
        {{ key }}
        {%- for name, factor in {'median': '1', 'ci_low': 'exp(-spread / nullif(log_left, 0))', 'ci_high': 'exp(spread / nullif(log_left, 0))'}.items() %},
        min(case when {{ 'is_over or ' if name != 'ci_high' }}log_left * {{ factor }} <= ln(0.5 + 1e-9) then days end) as km_{{ name }}_days
        {%- endfor %}
    from survival
    group by {{ key }}

),

measured as (

    select
        {{ key }},
        count(*) as observed,
        sum(is_achieved) as lead_time_n
        {%- for name, share in {'median': 0.5, 'p75': 0.75, 'p90': 0.9}.items() %},
        percentile_cont({{ share }}) within group (order by case when is_achieved = 1 then days end) as {{ name }}_days
        {%- endfor %}
    from segmented
    group by {{ key }}

)

select measured.*, estimate.km_median_days, estimate.km_ci_low_days, estimate.km_ci_high_days
from measured
inner join estimate
    on {% for column in key.split(', ') %}measured.{{ column }} = estimate.{{ column }}{{ ' and ' if not loop.last }}{% endfor %}
