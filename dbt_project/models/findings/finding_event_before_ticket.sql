-- A reply or a solution that is older than its ticket would be a negative time: it is in none.
select
    'warehouse' as source,
    'support__ticket_event' as object,
    cast(null as {{ dbt.type_string() }}) as place,
    'occurred_at' as column_name,
    event.ticket_id || ' / ' || event.event_id as key,
    cast(null as decimal(18, 2)) as amount,
    cast(null as {{ dbt.type_string() }}) as currency
from {{ ref('support__ticket_event') }} as event
inner join {{ ref('int_ticket') }} as ticket on event.ticket_id = ticket.ticket_id
where event.occurred_at < ticket.created_at
    and (event.to_status in ('solved', 'closed') or (event.is_public and event.actor_role = 'agent'))
