{{ config(meta={'touched': {'account_id': "{{ loaded_since('salesforce__account') }}"}}) }}

-- Live accounts, and of the deleted ones those that were merged away: they name the account that each has become.
with source as (

    {{ current_records('salesforce__account', keep_deleted=true) }}

)

select
    Id as account_id,
    CorporateNumber__c as corporate_number,
    Name as name,
    NameKana__c as name_kana,
    ParentId as parent_account_id,
    Industry as industry_name,
    NumberOfEmployees as employee_count,
    AnnualRevenue as annual_sales,
    CurrencyIsoCode as currency,
    BillingPostalCode as postal_code,
    BillingState as prefecture_name,
    BillingCity as city,
    BillingStreet as address_line,
    Phone as phone,
    Website as website,
    FiscalClosingMonth__c as fiscal_closing_month,
    BillingClosingDay__c as billing_closing_day,
    lower(TouchModel__c) as touch_model_override,
    CsmOwner__c as csm_owner_id,
    OwnerId as sales_owner_id,
    Type as account_type,
    MasterRecordId as master_account_id,
    _is_deleted as is_deleted,
    CreatedDate as created_at,
    SystemModstamp as updated_at,
    {{ var('build_id') }} as _build_id
from source
where not _is_deleted or MasterRecordId is not null
