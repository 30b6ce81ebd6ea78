-- grain: ticket, merged, spam and deleted ones left out (docs/domain/service.md#tickets). Only touched tickets are
-- rebuilt.
{{ config(
    materialized='incremental',
    incremental_strategy='replace_keys',
    on_schema_change='append_new_columns',
    meta={'touched': {'ticket_key': "select ticket_id from {{ ref('int_touched_ticket') }}"}}
) }}

-- Salesforce's replies are not read (docs/domain/service.md#tickets-of-salesforce)
{%- set tells_replies = "ticket.ticket_id not like 'salesforce:%' or milestone.agent_replies > 0" %}
with ticket as (

    select * from {{ ref('int_ticket') }}
    where {{ is_touched('ticket_id', 'select ticket_id from ' ~ ref('int_touched_ticket')) }}

),

calendar as (

    select * from {{ ref('int_business_calendar') }}

),

-- the latest answer of a ticket (docs/domain/service.md#csat)
answer as (

    select * from {{ ref('support__csat_response') }}
    where ticket_id is not null and score is not null and coalesce(question_code, '') <> 'usefulness'
        and responded_at < {{ as_of_end() }}
    qualify row_number() over (
        partition by ticket_id order by responded_at desc, length(response_id) desc, response_id desc
    ) = 1

),

milestone as (

    select * from {{ ref('int_ticket_milestone') }}

),

final as (

    select
        ticket.ticket_id as ticket_key,
        ticket.customer_key,
        case when ticket.contact_id is not null then {{ surrogate_key(['ticket.contact_id']) }} end as contact_key,
        ticket.channel as channel_code,
        ticket.category_code,
        ticket.priority,
        ticket.is_complaint,
        ticket.status,
        ticket.created_at,
        milestone.first_response_at,
        milestone.first_solved_at,
        milestone.last_solved_at,
        {{ local_date('ticket.created_at') }} as created_date,
        {{ local_date('milestone.first_solved_at') }} as first_solved_date,
        {{ local_date('milestone.last_solved_at') }} as last_solved_date,
        {%- for name, reached_at in {
            'first_response': 'first_response_at', 'first_resolution': 'first_solved_at',
            'full_resolution': 'last_solved_at',
        }.items() %}
        cast({{ integer_divide(dbt.datediff('ticket.created_at', 'milestone.' ~ reached_at, 'second'), 60) }} as integer)
            as {{ name }}_min,
        cast({{ integer_divide(
            support_seconds('milestone.' ~ reached_at, name ~ '_day')
            ~ ' - (' ~ support_seconds('ticket.created_at', 'created_day') ~ ')', 60
        ) }} as integer) as {{ name }}_min_bm,
        {%- endfor %}
        cast(first_response_min_bm <= {{ var('first_response_target_minutes') or 'null' }} as boolean)
            as is_first_response_on_target,
        cast(full_resolution_min_bm <= {{ var('resolution_target_minutes') or 'null' }} as boolean)
            as is_resolution_on_target,
        cast(coalesce(milestone.reopen_count, 0) as integer) as reopen_count,
        cast(case when {{ tells_replies }} then coalesce(milestone.agent_replies, 0) end as integer) as agent_replies,
        case when {{ tells_replies }} then coalesce(
            milestone.first_solved_at is not null and milestone.agent_replies <= 1 and milestone.reopen_count = 0, false
        ) end as is_one_touch,
        answer.score as csat_score,
        answer.scale_max as csat_scale_max,
        {{ local_date('answer.responded_at') }} as csat_date,
        coalesce(milestone.event_count, 0) as event_count
    from ticket
    left join milestone on ticket.ticket_id = milestone.ticket_id
    left join answer on ticket.ticket_id = answer.ticket_id
    left join calendar as created_day on {{ local_date('ticket.created_at') }} = created_day.date_day
    left join calendar as first_response_day
        on {{ local_date('milestone.first_response_at') }} = first_response_day.date_day
    left join calendar as first_resolution_day
        on {{ local_date('milestone.first_solved_at') }} = first_resolution_day.date_day
    left join calendar as full_resolution_day
        on {{ local_date('milestone.last_solved_at') }} = full_resolution_day.date_day

)

select * from final
