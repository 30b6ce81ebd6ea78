{{ config(meta={'touched': {'marketo_lead_id': "{{ loaded_since('marketo__leads') }}"}}) }}

with source as (

    {{ current_records('marketo__leads') }}

)

select
    id as marketo_lead_id,
    {{ read_text('sfdcAccountId', 'id') }} as salesforce_account_id,
    {{ read_text('sfdcContactId', 'id') }} as salesforce_contact_id,
    {{ read_text('sfdcLeadId', 'id') }} as salesforce_lead_id,
    company as company_name,
    lastName as last_name,
    firstName as first_name,
    lower(email) as email,
    phone,
    title as job_title,
    leadSource as source,
    leadScore as score,
    createdAt as created_at,
    updatedAt as updated_at,
    {{ var('build_id') }} as _build_id
from source
