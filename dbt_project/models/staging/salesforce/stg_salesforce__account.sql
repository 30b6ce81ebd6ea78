{{ config(pre_hook="{{ forget_changed_salesforce('salesforce__account', 'account_id') }}") }}

-- Live accounts, and of the deleted ones those that were merged away: they name the account that each has become.
with source as (

    {{ latest_version('salesforce__account', 'Id', to_instant('SystemModstamp'), keep_deleted=true) }}

)

select
    Id as account_id,
    CorporateNumber__c as corporate_number,
    Name as name,
    NameKana__c as name_kana,
    ParentId as parent_account_id,
    Industry as industry_name,
    try_cast(NumberOfEmployees as integer) as employee_count,
    {{ to_money('AnnualRevenue') }} as annual_sales,
    BillingPostalCode as postal_code,
    BillingState as prefecture_name,
    BillingCity as city,
    BillingStreet as address_line,
    Phone as phone,
    Website as website,
    try_cast(FiscalClosingMonth__c as integer) as fiscal_closing_month,
    try_cast(BillingClosingDay__c as integer) as billing_closing_day,
    lower(TouchModel__c) as touch_model_override,
    CsmOwner__c as csm_owner_id,
    OwnerId as sales_owner_id,
    Type as account_type,
    MasterRecordId as master_account_id,
    _is_deleted as is_deleted,
    {{ to_instant('CreatedDate') }} as created_at,
    {{ to_instant('SystemModstamp') }} as updated_at,
    {{ var('build_id') }} as _build_id
from source
where not _is_deleted or MasterRecordId is not null
