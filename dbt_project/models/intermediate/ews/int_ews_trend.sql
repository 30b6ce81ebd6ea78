{{ config(materialized='view') }}
{#- no named window: Spark does not see those of a view -#}
{%- set customer_week = '(partition by customer_key order by week_end)' %}

-- grain: customer × complete week (they follow each other without a gap); how its score and its log-ins have come along since
-- it went live (docs/domain/activation.md#early-warning, docs/domain/activation.md#adoption-curve)
with scored as (

    select * from {{ ref('int_ews_score') }}

),

licence as (

    select customer_key, min(valid_from) as valid_from from {{ ref('int_license') }} group by customer_key

),

customer as (

    select
        dim_customer.customer_key,
        dim_customer.touch_model,
        {{ week_end_of('coalesce(licence.valid_from, dim_customer.first_contract_date)') }} as go_live_week
    from {{ ref('dim_customer') }} as dim_customer
    left join licence on dim_customer.customer_key = licence.customer_key

),

dated as (

    select
        scored.*,
        customer.touch_model,
        customer.go_live_week,
        case when scored.week_end between customer.go_live_week + 7 and customer.go_live_week + 28 then scored.score end
            as first_score,
        case when scored.week_end >= customer.go_live_week then scored.login_ratio end as ratio
    from scored
    inner join customer on scored.customer_key = customer.customer_key

),

-- numbers with the mean 0: of weeks 1 to 8 the squares add up to 42, of weeks 1 to 12 to 143
followed as (

    select
        *,
        case when week_end >= go_live_week + 28 and count(first_score) over (partition by customer_key) = 4
            then avg(first_score) over (partition by customer_key)
        end as baseline,
        score - lag(score, 4) over {{ customer_week }} as score_change_4w,
        {%- for measure, weeks, squares in [('score', 8, 42), ('ratio', 12, 143)] %}
        round((
            {%- for week in range(weeks) %}
            {{ '+ ' if not loop.first }}{{ (weeks - 1) / 2 - week }} * lag({{ measure }}, {{ week }}) over {{ customer_week }}
            {%- endfor %}
        ) / {{ squares }}, 6) as {{ measure }}_slope_{{ weeks }}w,
        {%- endfor %}
        count(ratio) over {{ customer_week }} as known_weeks,
        min(case when ratio is not null then week_end end) over {{ customer_week }} as first_known_week,
        max(ratio) over {{ customer_week }} as peak
        {%- for name, newest in [('mean_4w', 0), ('mean_of_4w_before', 1)] %},
        round((
            {%- for week in range(newest, newest + 4) %}{{ ' + ' if not loop.first }}lag(ratio, {{ week }}) over {{ customer_week }}{% endfor -%}
        ) / 4, 6) as {{ name }}
        {%- endfor %}
    from dated

),

-- weeks of one peak so far; the first of them is that of the peak
topped as (

    select
        *,
        min(week_end) over (partition by customer_key, peak) as peak_week,
        first_value(mean_of_4w_before) over (partition by customer_key, peak order by week_end) as mean_before_peak
    from followed

)

select
    *,
    case
        when known_weeks < 12 or ratio is null or first_known_week > go_live_week + 56 then null
        when peak = 0 then 'other'
        when peak_week <= go_live_week + 56 and mean_4w <= round(0.7 * peak, 6) then 'forced_like'
        when peak >= round(1.5 * mean_before_peak, 6)
            and min(case when week_end <= peak_week + 42 then ratio end) over (partition by customer_key, peak order by week_end)
            <= round(1.1 * mean_before_peak, 6) then 'incentive_like'
        when ratio_slope_12w > 0 and ratio >= round(0.9 * peak, 6) then 'convenience_like'
        else 'other'
    end as adoption_curve_shape
from topped
