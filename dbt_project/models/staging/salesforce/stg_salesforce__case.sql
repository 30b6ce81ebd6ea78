{{ config(meta={'touched': {'case_id': "{{ loaded_since('salesforce__case') }}"}}) }}

-- Keeps deleted cases: their history and survey answers refer to them.
{%- set complaints = "'complaint', 'クレーム', '苦情'" %}
with source as (

    {{ current_records('salesforce__case', keep_deleted=true) }}

)

select
    Id as case_id,
    -- its number among tickets of every system
    'salesforce:' || Id as ticket_id,
    CaseNumber as case_number,
    AccountId as account_id,
    ContactId as contact_id,
    coalesce(Reason, Type) as category_code,
    coalesce(lower(trim(Type)) in ({{ complaints }}), false) or coalesce(lower(trim(Reason)) in ({{ complaints }}), false)
        as is_complaint,
    Status as status,
    Priority as priority,
    Origin as origin,
    IsClosed as is_closed,
    ClosedDate as closed_at,
    'salesforce:' || MasterRecordId as merged_into,
    CreatedDate as created_at,
    SystemModstamp as updated_at,
    _is_deleted as is_deleted,
    {{ var('build_id') }} as _build_id
from source
