-- grain: customer × process × month; activation at the month's end, the running month at as_of, from events as known now
-- (docs/domain/conventions.md#monthly-histories). Touched customers are rebuilt whole, and the months from the last build's
-- on.
{{ config(
    materialized='incremental',
    incremental_strategy='replace_keys',
    meta={'touched': {
        'customer_key': "select customer_key from {{ ref('int_touched_activation') }}",
        'month': "select month from {{ this }} where month < {{ history_start() }} or month >= {{ month_of(last_build_date()) }}"
    }}
) }}
with month_end as (

    select * from {{ ref('int_evaluation_date') }}
    where month is not null

),

position as (

    select * from {{ ref('int_activation_position') }}

),

final as (

    select
        month_end.month,
        position.customer_key,
        position.process_id,
        position.activation_level,
        position.activation_score,
        position.goals_achieved,
        position.current_stage_no,
        position.days_in_current_stage,
        position.publications_6m,
        position.distinct_pub_months,
        position.regularity_rate,
        position.regularity_rate_num,
        position.regularity_rate_den,
        position.max_gap_days,
        position.target_cadence_days,
        position.is_regular,
        position.is_ramp_up,
        position.open_items,
        position.definition_version,
        last_day(month_end.month) > {{ as_of_date() }} as is_provisional
    from month_end
    inner join position on month_end.evaluated_on = position.evaluated_on
    where month_end.month >= {{ month_of(last_build_date()) }}
        or {{ is_touched('position.customer_key', 'select customer_key from ' ~ ref('int_touched_activation')) }}

)

select * from final
