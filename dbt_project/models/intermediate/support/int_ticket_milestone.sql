{{ config(
    materialized='incremental',
    incremental_strategy='replace_keys',
    meta={'touched': {'ticket_id': "select ticket_id from {{ ref('int_touched_ticket') }}"}}
) }}

-- grain: ticket with an event; what its events say (docs/domain/service.md#tickets). Only touched tickets are rebuilt.
-- A reply is a public comment by a human agent; what an agent writes while opening the ticket is none. Solved is a change
-- into solved, or straight into closed; a reopen is a change out of these. What is older than its ticket is neither.

with ticket as (

    select * from {{ ref('int_ticket') }}
    where {{ is_touched('ticket_id', 'select ticket_id from ' ~ ref('int_touched_ticket')) }}

),

event as (

    select * from {{ ref('support__ticket_event') }} where occurred_at < {{ as_of_end() }}

),

ordered as (

    select
        event.ticket_id,
        event.occurred_at,
        event.type = 'comment' and event.is_public and event.actor_role = 'agent'
        and (
            event.occurred_at > ticket.created_at
            or (event.occurred_at = ticket.created_at and coalesce(ticket.created_by_role, '') <> 'agent')
        ) as is_reply,
        event.to_status in ('solved', 'closed') and event.occurred_at >= ticket.created_at as is_done,
        -- what the source says came before; only without it the event before (they may arrive out of order)
        coalesce(
            event.from_status,
            lag(event.to_status) over (
                partition by event.ticket_id, event.type
                order by event.occurred_at, length(event.event_id), event.event_id
            ),
            'new'
        ) in ('solved', 'closed') as was_done
    from event
    inner join ticket on event.ticket_id = ticket.ticket_id

),

final as (

    select
        ticket_id,
        cast(count(*) as integer) as event_count,
        min(case when is_reply then occurred_at end) as first_response_at,
        sum(case when is_reply then 1 else 0 end) as agent_replies,
        min(case when is_done and not was_done then occurred_at end) as first_solved_at,
        max(case when is_done and not was_done then occurred_at end) as last_solved_at,
        sum(case when was_done and not is_done then 1 else 0 end) as reopen_count
    from ordered
    group by ticket_id

)

select * from final
