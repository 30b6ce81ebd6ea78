{{ config(
    materialized='incremental',
    incremental_strategy='replace_keys',
    meta={'touched': {'ticket_id': "select ticket_id from {{ ref('int_touched_ticket') }}"}}
) }}

-- grain: ticket × change between waiting and done, in order: created, solved, reopened, solved … in strict turn, so that
-- a backlog rolls forward (docs/domain/service.md#backlog). A change that no event tells of is implied: where the source
-- says that the next one came from another state, or the ticket's status is another. Only touched tickets are rebuilt.

with ticket as (

    select * from {{ ref('int_ticket') }}
    where {{ is_touched('ticket_id', 'select ticket_id from ' ~ ref('int_touched_ticket')) }}

),

-- a change older than its ticket is none (finding_event_before_ticket)
change as (

    select
        event.ticket_id,
        event.occurred_at,
        event.from_status,
        event.to_status,
        row_number() over (
            partition by event.ticket_id order by event.occurred_at, length(event.event_id), event.event_id
        ) as change_no
    from {{ ref('support__ticket_event') }} as event
    inner join ticket on event.ticket_id = ticket.ticket_id
    where event.to_status is not null and event.occurred_at >= ticket.created_at
        and event.occurred_at < {{ as_of_end() }}

),

followed as (

    select
        *,
        to_status in ('solved', 'closed') as is_done,
        -- what the source says came before; only without it the change before (they may arrive out of order)
        coalesce(from_status, lag(to_status) over (partition by ticket_id order by change_no), 'new')
        in ('solved', 'closed') as was_done,
        coalesce(lag(to_status) over (partition by ticket_id order by change_no), 'new')
        in ('solved', 'closed') as was_left_done,
        lead(change_no) over (partition by ticket_id order by change_no) is null as is_newest
    from change

),

told as (

    select ticket_id, 'created' as flow, created_at as occurred_at, 0 as change_no, 0 as step, 'event' as told_by
    from ticket
    union all
    select ticket_id, case when was_done then 'solved' else 'reopened' end, occurred_at, change_no, 1, 'next event'
    from followed
    where was_done <> was_left_done
    union all
    select ticket_id, case when is_done then 'solved' else 'reopened' end, occurred_at, change_no, 2, 'event'
    from followed
    where is_done <> was_done
    union all
    select
        ticket.ticket_id,
        case when ticket.status in ('solved', 'closed') then 'solved' else 'reopened' end,
        case
            when ticket.updated_at >= {{ as_of_end() }} then {{ dbt.dateadd('second', -1, as_of_end()) }}
            else greatest(coalesce(newest.occurred_at, ticket.created_at), coalesce(ticket.updated_at, ticket.created_at))
        end,
        coalesce(newest.change_no, 0),
        3,
        case when ticket.updated_at >= {{ as_of_end() }} then 'later status' else 'status' end
    from ticket
    left join followed as newest on ticket.ticket_id = newest.ticket_id and newest.is_newest
    where (ticket.status in ('solved', 'closed')) <> coalesce(newest.is_done, false)

),

final as (

    select
        ticket_id,
        cast(row_number() over (partition by ticket_id order by change_no, step) as integer) as flow_no,
        flow,
        occurred_at,
        {{ local_date('occurred_at') }} as flow_date,
        told_by
    from told

)

select * from final
