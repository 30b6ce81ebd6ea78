{{ config(materialized='view') }}

-- grain: score × customer × day it was read on: 100 is best, and since when it has been low without a break, by what is known now
-- (docs/domain/activation.md#proof). Of several processes the best level; who ramps up has no level. Health is worked out for
-- its day alone, so that it has been low since that day.
with reading as (

    select
        'early_warning' as score_code, customer_key, week_end as read_on, score as score_value,
        coalesce(score < {{ var('follow_up_thresholds').ews_score }}, false) as is_low
    from {{ ref('mart_ews_score') }}
    union all
    select
        'activation_level', customer_key, least(last_day(month), {{ as_of_date() }}), 20 * max(activation_level),
        max(activation_level) < {{ var('adopted_activation_level') }}
    from {{ ref('fct_activation_monthly') }}
    where not is_ramp_up
    group by customer_key, month
    union all
    select 'health', customer_key, as_of_date, health_score, coalesce(health_colour = 'red', false)
    from {{ ref('mart_health_score') }}
    where as_of_date = {{ as_of_date() }}

),

run_of_low as (

    select
        *,
        max(case when not is_low then read_on end) over (
            partition by score_code, customer_key order by read_on asc rows between unbounded preceding and current row
        ) as last_not_low
    from reading

),

dated as (

    select
        *,
        case when is_low then min(case when is_low then read_on end) over (partition by score_code, customer_key, last_not_low)
        end as low_since
    from run_of_low

)

select * from dated
