{{ config(meta={'touched': {'company_id': "{{ loaded_since('hubspot__companies') }}"}}) }}

with source as (

    {{ current_records('hubspot__companies') }}

)

select
    id as company_id,
    {{ hubspot_property('name') }} as name,
    {{ url_host(hubspot_property('domain')) }} as domain,
    {{ hubspot_property('corporate_number') }} as corporate_number,
    coalesce(
        {{ read_text(hubspot_property('hs_salesforceaccountid'), 'id') }},
        {{ read_text(hubspot_property('salesforceaccountid'), 'id') }}
    ) as salesforce_account_id,
    {{ hubspot_property('phone') }} as phone,
    {{ hubspot_property('state') }} as prefecture_name,
    {{ hubspot_property('industry') }} as industry_name,
    createdAt as created_at,
    updatedAt as updated_at,
    {{ var('build_id') }} as _build_id
from source
