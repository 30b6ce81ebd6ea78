{{ config(pre_hook="{{ forget_changed_salesforce('salesforce__contact', 'contact_id') }}") }}

with source as (

    {{ latest_salesforce('salesforce__contact') }}

)

select
    Id as contact_id,
    AccountId as account_id,
    LastName as last_name,
    FirstName as first_name,
    LastNameKana__c as last_name_kana,
    FirstNameKana__c as first_name_kana,
    lower(Email) as email,
    Phone as phone,
    MobilePhone as mobile,
    try_cast(Birthdate as date) as birth_date,
    Title as job_title,
    Department as department,
    {{ to_instant('CreatedDate') }} as created_at,
    {{ to_instant('SystemModstamp') }} as updated_at,
    {{ var('build_id') }} as _build_id
from source
