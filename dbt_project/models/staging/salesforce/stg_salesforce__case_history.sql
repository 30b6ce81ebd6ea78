{{ config(meta={'touched': {'event_id': "{{ loaded_since('salesforce__case_history') }}"}}) }}

-- Changes of a case's status; those of other fields land and are not read.
with source as (

    {{ current_records('salesforce__case_history') }}

)

select
    Id as event_id,
    'salesforce:' || CaseId as ticket_id,
    OldValue as from_status,
    NewValue as to_status,
    CreatedDate as occurred_at,
    {{ var('build_id') }} as _build_id
from source
where Field = 'Status'
