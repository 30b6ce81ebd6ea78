{{ config(
    materialized='incremental',
    incremental_strategy='replace_keys',
    meta={'touched': {'ticket_id': "select ticket_id from {{ ref('int_touched_ticket') }}"}}
) }}

-- grain: ticket with an event; what its events say (docs/domain/service.md#tickets). Only touched tickets are rebuilt.
-- A reply is a public comment by a human agent; what an agent writes while opening the ticket is none, nor what is older
-- than its ticket. Solutions and reopens are those that an event tells of.

with ticket as (

    select * from {{ ref('int_ticket') }}
    where {{ is_touched('ticket_id', 'select ticket_id from ' ~ ref('int_touched_ticket')) }}

),

event as (

    select * from {{ ref('support__ticket_event') }} where occurred_at < {{ as_of_end() }}

),

told as (

    select
        ticket_id,
        min(case when flow = 'solved' then occurred_at end) as first_solved_at,
        max(case when flow = 'solved' then occurred_at end) as last_solved_at,
        sum(case when flow = 'reopened' then 1 else 0 end) as reopen_count
    from {{ ref('int_ticket_flow') }}
    where told_by = 'event'
        and {{ is_touched('ticket_id', 'select ticket_id from ' ~ ref('int_touched_ticket')) }}
    group by ticket_id

),

answered as (

    select
        event.ticket_id,
        event.occurred_at,
        event.type = 'comment' and event.is_public and event.actor_role = 'agent'
        and (
            event.occurred_at > ticket.created_at
            or (event.occurred_at = ticket.created_at and coalesce(ticket.created_by_role, '') <> 'agent')
        ) as is_reply
    from event
    inner join ticket on event.ticket_id = ticket.ticket_id

),

counted as (

    select
        ticket_id,
        cast(count(*) as integer) as event_count,
        min(case when is_reply then occurred_at end) as first_response_at,
        sum(case when is_reply then 1 else 0 end) as agent_replies
    from answered
    group by ticket_id

),

final as (

    select
        counted.ticket_id,
        counted.event_count,
        counted.first_response_at,
        counted.agent_replies,
        told.first_solved_at,
        told.last_solved_at,
        coalesce(told.reopen_count, 0) as reopen_count
    from counted
    left join told on counted.ticket_id = told.ticket_id

)

select * from final
