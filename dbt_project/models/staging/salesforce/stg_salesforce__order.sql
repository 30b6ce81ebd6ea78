{{ config(meta={'touched': {'order_id': "{{ loaded_since('salesforce__order') }}"}}) }}

with source as (

    {{ current_records('salesforce__order') }}

)

select
    Id as order_id,
    AccountId as account_id,
    ContractId as contract_id,
    BillToContactId as contact_id,
    EffectiveDate as order_date,
    Status as status,
    Type as order_type,
    SalesChannel__c as sales_channel,
    CurrencyIsoCode as currency,
    ShippingState as shipping_prefecture_name,
    CreatedDate as created_at,
    SystemModstamp as updated_at,
    {{ var('build_id') }} as _build_id
from source
