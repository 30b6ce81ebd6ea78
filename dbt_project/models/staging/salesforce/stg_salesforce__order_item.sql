{{ config(pre_hook="{{ forget_changed_salesforce('salesforce__order_item', 'order_item_id') }}") }}

with source as (

    {{ latest_salesforce('salesforce__order_item') }}

)

select
    Id as order_item_id,
    OrderId as order_id,
    Product2Id as product_id,
    try_cast(Quantity as decimal(18, 4)) as quantity,
    {{ to_amount('UnitPrice') }} as unit_price,
    {{ to_amount('ListPrice') }} as list_price,
    {{ to_amount('TotalPrice') }} as total_price,
    try_cast(ServiceDate as date) as start_date,
    try_cast(EndDate as date) as end_date,
    lower(BillingPeriod__c) as billing_period,
    lower(ChargeType__c) as charge_type,
    lower(PriceBookKind__c) as price_book,
    try_cast(IsSale__c as boolean) as is_sale,
    try_cast(TaxRate__c as decimal(9, 6)) as tax_rate,
    try_cast(ReturnedQuantity__c as decimal(18, 4)) as returned_quantity,
    ContractId__c as contract_id,
    CurrencyIsoCode as currency,
    try_cast(FxRateFixed__c as decimal(18, 8)) as fx_rate_fixed,
    {{ to_instant('CreatedDate') }} as created_at,
    {{ to_instant('SystemModstamp') }} as updated_at,
    {{ var('build_id') }} as _build_id
from source
