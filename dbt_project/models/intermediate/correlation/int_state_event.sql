{{ config(materialized='view') }}

-- grain: what happened to a customer on a day and tells its state from then until before another (docs/domain/activation.md#states)
{%- set nps_days = var('health_rules').nps_days %}
{#- as the source writes it; Salesforce's own is Meeting -#}
{%- set meetings = "'meeting', 'ミーティング', '会議', '面談', '打ち合わせ', '打合せ', '訪問'" %}
with ticket as (

    select * from {{ ref('fct_ticket') }}

),

answer as (

    select * from {{ ref('fct_survey_response') }}

),

activity as (

    select * from {{ ref('success__cs_activity') }}

),

-- a term tells once its grace is over, so that those that were renewed early do not stand for all
term as (

    select * from {{ ref('fct_renewal') }} where outcome <> 'pending'

),

identity as (

    select * from {{ ref('int_customer_identity') }}

),

event as (

    select customer_key, created_date as event_date, created_date + 90 as until_date, 'tickets' as state_code, 1 as value
    from ticket
    union all
    select customer_key, first_solved_date, first_solved_date + 90, 'reopened', case when reopen_count > 0 then 1 else 0 end
    from ticket
    union all
    select customer_key, response_date, response_date + 90, 'csat', case when {{ is_satisfied('score', 'scale_max') }} then 1 else 0 end
    from answer
    where survey_type = 'csat' and is_newest
    union all
    select
        customer_key,
        response_date,
        response_date + {{ nps_days }},
        'nps',
        case response_class when 'promoter' then 1 when 'passive' then 0 else -1 end
    from answer
    where survey_type = 'nps'
    union all
    select identity.customer_key, {{ local_date('activity.occurred_at') }}, {{ local_date('activity.occurred_at') }} + 90, 'meetings', 1
    from activity
    inner join identity on activity.account_id = identity.account_id
    where lower(trim(activity.type)) in ({{ meetings }})
    union all
    select identity.customer_key, {{ local_date('training.completed_at') }}, null, 'trained', 1
    from {{ ref('success__training_enrolment') }} as training
    inner join identity on training.account_id = identity.account_id
    where training.completed_at is not null
    union all
    select identity.customer_key, {{ local_date('member.joined_at') }}, {{ local_date('member.left_at') }}, 'member', 1
    from {{ ref('success__community_member') }} as member
    inner join identity on member.account_id = identity.account_id
    union all
    select
        customer_key,
        term_end_date + {{ 1 + var('renewal_grace_days') }},
        term_end_date + 56,
        'renewed',
        case outcome when 'churned' then 0 else 1 end
    from term

),

-- of up to eight weeks ago
final as (

    select customer_key, event_date, coalesce(until_date, {{ far_future() }}) as until_date, state_code, value
    from event
    where event_date <= {{ as_of_date() }} and coalesce(until_date, {{ far_future() }}) > {{ as_of_date() }} - 56

)

select * from final
