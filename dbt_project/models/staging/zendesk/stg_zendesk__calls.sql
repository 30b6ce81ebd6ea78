{{ config(meta={'touched': {'call_id': "{{ loaded_since('zendesk__calls') }}"}}) }}

-- Without the number that was called, which is a person's.
with source as (

    {{ current_records('zendesk__calls') }}

)

select
    id as call_id,
    ticket_id,
    agent_id,
    customer_id,
    direction,
    completion_status,
    talk_time,
    created_at as ring_at,
    {{ dbt.dateadd('second', 'wait_time', 'created_at') }} as connected_at,
    {{ dbt.dateadd('second', 'duration', 'created_at') }} as ended_at,
    {{ var('build_id') }} as _build_id
from source
