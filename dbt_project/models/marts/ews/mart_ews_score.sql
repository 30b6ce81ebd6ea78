-- grain: customer × complete week in which a signal is known (docs/domain/activation.md#early-warning). Written whole: a
-- baseline and a slope reach over many weeks, and it takes 4 CPU-seconds for 10,000 customers and two years.
{%- set signals = [
    'login', 'data_change', 'license_activation', 'record_count', 'collaboration', 'report_view', 'platform_use',
] %}
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
            as first_score
    from scored
    inner join customer on scored.customer_key = customer.customer_key

),

-- a customer's weeks follow each other without a gap; of weeks 1 to 8 (mean 4.5) the squares add up to 42
followed as (

    select
        *,
        case when week_end >= go_live_week + 28 and count(first_score) over (partition by customer_key) = 4
            then avg(first_score) over (partition by customer_key)
        end as baseline,
        score - lag(score, 4) over customer_week as score_change_4w,
        (
            {%- for weeks in range(8) %}
            {{ '+ ' if not loop.first }}{{ 3.5 - weeks }} * lag(score, {{ weeks }}) over customer_week
            {%- endfor %}
        ) / 42 as slope_8w
    from dated
    window customer_week as (partition by customer_key order by week_end)

),

final as (

    select
        customer_key,
        week_end,
        cast(round(score, 2) as decimal(6, 2)) as score,
        {%- for name in signals %}
        cast(round(s_{{ name }}, 2) as decimal(6, 2)) as s_{{ name }},
        {%- endfor %}
        cast(coverage as decimal(9, 6)) as coverage,
        cast(round(baseline, 2) as decimal(6, 2)) as baseline,
        cast(round(score - baseline, 2) as decimal(6, 2)) as score_growth,
        cast(round(score_change_4w, 2) as decimal(6, 2)) as score_change_4w,
        cast(round(slope_8w, 4) as decimal(9, 4)) as slope_8w,
        cast(case when score is not null
            then rank() over (partition by week_end, touch_model order by round(score, 2) desc nulls last)
        end as integer) as rank_in_segment
    from followed
    where coverage > 0

)

select * from final
