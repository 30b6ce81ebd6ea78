{{ config(meta={'touched': {'lead_id': "{{ loaded_since('salesforce__lead') }}"}}) }}

with source as (

    {{ current_records('salesforce__lead') }}

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
    Score__c as score,
    MqlAt__c as mql_at,
    SqlAt__c as sql_at,
    RejectionReason__c as rejection_reason,
    RecycleCount__c as recycle_count,
    {{ local_midnight('ConvertedDate') }} as converted_at,
    ConvertedAccountId as converted_account_id,
    ConvertedContactId as converted_contact_id,
    ConvertedOpportunityId as converted_opportunity_id,
    CreatedDate as created_at,
    SystemModstamp as updated_at,
    {{ var('build_id') }} as _build_id
from source
