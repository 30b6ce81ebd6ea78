{{ config(materialized='view') }}

-- grain: survey answer of a customer that has phases; the phase is that of the month's end, of who left in the month that of
-- its start (docs/domain/activation.md#phases)
with answer as (

    select * from {{ ref('fct_survey_response') }}

),

month as (

    select * from {{ ref('int_phase_month') }}

),

final as (

    select
        answer.*,
        coalesce(month.closing_phase, month.opening_phase) as held_phase
    from answer
    left join month
        on answer.customer_key = month.customer_key
        and {{ month_of('answer.response_date') }} = month.month
    where answer.customer_key in (select customer_key from {{ ref('int_phase_position') }})

)

select * from final
