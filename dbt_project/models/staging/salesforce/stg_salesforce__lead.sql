{{ config(pre_hook="{{ forget_changed_salesforce('salesforce__lead', 'lead_id') }}") }}

with source as (

    {{ latest_salesforce('salesforce__lead') }}

)

select
    Id as lead_id,
    Company as company_name,
    LastName as last_name,
    FirstName as first_name,
    lower(Email) as email,
    Phone as phone,
    LeadSource as source,
    {{ read_instant('ConvertedDate') }} as converted_at,
    ConvertedAccountId as converted_account_id,
    ConvertedContactId as converted_contact_id,
    ConvertedOpportunityId as converted_opportunity_id,
    {{ to_instant('CreatedDate') }} as created_at,
    {{ to_instant('SystemModstamp') }} as updated_at,
    {{ var('build_id') }} as _build_id
from source
