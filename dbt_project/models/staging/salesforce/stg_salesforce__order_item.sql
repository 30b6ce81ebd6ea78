{{ config(meta={'touched': {'order_item_id': "{{ loaded_since('salesforce__order_item') }}"}}) }}

with source as (

    {{ current_records('salesforce__order_item') }}

)

select
    Id as order_item_id,
    OrderId as order_id,
    Product2Id as product_id,
    Quantity as quantity,
    UnitPrice as unit_price,
    ListPrice as list_price,
    TotalPrice as total_price,
    ServiceDate as start_date,
    EndDate as end_date,
    BillingPeriod__c as billing_period,
    ChargeType__c as charge_type,
    lower(PriceBookKind__c) as price_book,
    IsSale__c as is_sale,
    TaxRate__c as tax_rate,
    ReturnedQuantity__c as returned_quantity,
    ContractId__c as contract_id,
    CurrencyIsoCode as currency,
    FxRateFixed__c as fx_rate_fixed,
    CreatedDate as created_at,
    SystemModstamp as updated_at,
    {{ var('build_id') }} as _build_id
from source
