{{ config(pre_hook="{{ forget_changed_salesforce('salesforce__lead', 'lead_id') }}") }}

with source as (

    {{ latest_salesforce('salesforce__lead') }}

)

select
    Id as lead_id,
    Company as company_name,
    CorporateNumber__c as corporate_number,
    LastName as last_name,
    FirstName as first_name,
    lower(Email) as email,
    Phone as phone,
    LeadSource as source,
    ReferrerAccountId__c as referrer_account_id,
    try_cast(Score__c as decimal(18, 4)) as score,
    {{ to_instant('MqlAt__c') }} as mql_at,
    {{ to_instant('SqlAt__c') }} as sql_at,
    RejectionReason__c as rejection_reason,
    try_cast(RecycleCount__c as integer) as recycle_count,
    {{ read_instant('ConvertedDate') }} as converted_at,
    ConvertedAccountId as converted_account_id,
    ConvertedContactId as converted_contact_id,
    ConvertedOpportunityId as converted_opportunity_id,
    {{ to_instant('CreatedDate') }} as created_at,
    {{ to_instant('SystemModstamp') }} as updated_at,
    {{ var('build_id') }} as _build_id
from source
