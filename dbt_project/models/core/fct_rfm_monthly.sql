-- grain: customer × month; RFM at the month's end, the running month at as_of, from purchases as known now
-- (docs/domain/conventions.md#monthly-histories). Of customers that had bought by then; the months of
-- int_rfm_evaluation_date are rebuilt whole.
{{ config(
    materialized='incremental',
    incremental_strategy='replace_keys',
    meta={'touched': {
        'month': "select month from {{ ref('int_rfm_evaluation_date') }} "
            ~ "union all select month from {{ this }} where month < {{ history_start() }}"
    }}
) }}
with evaluation_date as (

    select * from {{ ref('int_rfm_evaluation_date') }}

),

score as (

    select * from {{ ref('int_rfm_score') }}
    where first_order_date is not null

),

final as (

    select
        evaluation_date.month,
        score.customer_key,
        score.population,
        score.recency_days,
        score.frequency,
        score.monetary,
        score.r_score,
        score.f_score,
        score.m_score,
        score.rfm_code,
        score.rfm_segment,
        last_day(evaluation_date.month) > {{ as_of_date() }} as is_provisional
    from evaluation_date
    inner join score on evaluation_date.evaluated_on = score.evaluated_on

)

select * from final
