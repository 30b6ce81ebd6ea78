{{ config(pre_hook="{{ forget_changed_salesforce('salesforce__order', 'order_id') }}") }}

with source as (

    {{ latest_salesforce('salesforce__order') }}

)

select
    Id as order_id,
    AccountId as account_id,
    ContractId as contract_id,
    BillToContactId as contact_id,
    try_cast(EffectiveDate as date) as order_date,
    Status as status,
    Type as order_type,
    SalesChannel__c as sales_channel,
    CurrencyIsoCode as currency,
    ShippingState as shipping_prefecture_name,
    {{ to_instant('CreatedDate') }} as created_at,
    {{ to_instant('SystemModstamp') }} as updated_at,
    {{ var('build_id') }} as _build_id
from source
