{{ config(meta={'touched': {'contact_id': "{{ loaded_since('salesforce__contact') }}"}}) }}

with source as (

    {{ current_records('salesforce__contact') }}

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
    Birthdate as birth_date,
    Title as job_title,
    Department as department,
    CreatedDate as created_at,
    SystemModstamp as updated_at,
    {{ var('build_id') }} as _build_id
from source
