-- A ticket that is solved, or waits again, while no event of its says so: the backlog counts the change all the same.
select
    'warehouse' as source,
    'support__ticket_event' as object,
    cast(null as {{ dbt.type_string() }}) as place,
    'to_status' as column_name,
    ticket_id || ' / ' || flow_no as key,
    cast(null as decimal(18, 2)) as amount,
    cast(null as {{ dbt.type_string() }}) as currency
from {{ ref('int_ticket_flow') }}
where told_by in ('next event', 'status')
