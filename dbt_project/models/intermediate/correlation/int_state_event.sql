{{ config(materialized='view') }}

-- grain: what happened to a customer on a day and tells its state for so many days after (docs/domain/activation.md#states)
{%- set nps_days = var('health_rules').nps_days %}
with ticket as (

    select * from {{ ref('fct_ticket') }}

),

answer as (

    select * from {{ ref('fct_survey_response') }}

),

activity as (

    select * from {{ ref('success__cs_activity') }}

),

identity as (

    select * from {{ ref('int_customer_identity') }}

),

event as (

    select customer_key, created_date as event_date, 'tickets' as state_code, 90 as days, 1 as value
    from ticket
    union all
    select customer_key, first_solved_date, 'reopened', 90, case when reopen_count > 0 then 1 else 0 end
    from ticket
    union all
    select customer_key, response_date, 'csat', 90, case when {{ is_satisfied('score', 'scale_max') }} then 1 else 0 end
    from answer
    where survey_type = 'csat' and is_newest
    union all
    select
        customer_key,
        response_date,
        'nps',
        {{ nps_days }},
        case response_class when 'promoter' then 1 when 'passive' then 0 else -1 end
    from answer
    where survey_type = 'nps'
    union all
    select identity.customer_key, {{ local_date('activity.occurred_at') }}, 'meetings', 90, 1
    from activity
    inner join identity on activity.account_id = identity.account_id
    where activity.type = 'meeting'

),

-- the windows of up to eight weeks ago begin here
final as (

    select * from event
    where event_date > {{ as_of_date() }} - {{ 56 + [90, nps_days] | max }} and event_date <= {{ as_of_date() }}

)

select * from final
