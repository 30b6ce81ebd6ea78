{{ config(pre_hook="{{ forget_changed('hubspot__companies', 'id', to_instant('updatedAt'), 'company_id') }}") }}

with source as (

    {{ latest_version('hubspot__companies', 'id', to_instant('updatedAt')) }}

)

select
    id as company_id,
    {{ hubspot_property('name') }} as name,
    {{ url_host(hubspot_property('domain')) }} as domain,
    {{ hubspot_property('corporate_number') }} as corporate_number,
    coalesce(
        {{ hubspot_property('hs_salesforceaccountid') }}, {{ hubspot_property('salesforceaccountid') }}
    ) as salesforce_account_id,
    {{ hubspot_property('phone') }} as phone,
    {{ hubspot_property('state') }} as prefecture_name,
    {{ hubspot_property('industry') }} as industry_name,
    {{ to_instant('createdAt') }} as created_at,
    {{ to_instant('updatedAt') }} as updated_at,
    {{ var('build_id') }} as _build_id
from source
