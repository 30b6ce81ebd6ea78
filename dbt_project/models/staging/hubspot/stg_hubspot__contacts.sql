{{ config(meta={'touched': {'hubspot_contact_id': "{{ loaded_since('hubspot__contacts') }}"}}) }}

-- Keeps archived contacts: e-mail events refer to them.
with source as (

    {{ current_records('hubspot__contacts', keep_deleted=true) }}

)

select
    id as hubspot_contact_id,
    {{ read_text(hubspot_property('salesforcecontactid'), 'id') }} as salesforce_contact_id,
    coalesce(
        {{ hubspot_property('associatedcompanyid') }}, {{ json_text('associations', 'companies.results[0].id') }}
    ) as company_id,
    {{ hubspot_property('lastname') }} as last_name,
    {{ hubspot_property('firstname') }} as first_name,
    lower({{ hubspot_property('email') }}) as email,
    {{ hubspot_property('phone') }} as phone,
    {{ hubspot_property('mobilephone') }} as mobile,
    {{ hubspot_property('jobtitle') }} as job_title,
    {{ hubspot_property('department') }} as department,
    createdAt as created_at,
    updatedAt as updated_at,
    _is_deleted as is_deleted,
    {{ var('build_id') }} as _build_id
from source
