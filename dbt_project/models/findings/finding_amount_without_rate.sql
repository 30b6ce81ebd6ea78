-- Amounts of another currency for which there is no rate: they are in no total (docs/domain/revenue.md#currency).
with order_item as (

    select order_item_id from {{ ref('stg_salesforce__order_item') }}

),

missing as (

    select
        'crm__subscription_line' as object, line.line_id as key, line.amount_total_ex_tax as amount, line.currency,
        line.line_id in (select order_item_id from order_item) as is_salesforce
    from {{ ref('int_recurring_line') }} as recurring
    inner join {{ ref('crm__subscription_line') }} as line on recurring.line_id = line.line_id
    where recurring.mrr is null and line.billing_period <> 'other'
    union all
    select
        'crm__order_line', line.order_line_id, line.amount_ex_tax, line.currency,
        line.order_line_id in (select order_item_id from order_item)
    from {{ ref('int_order_line') }} as bought
    inner join {{ ref('crm__order_line') }} as line on bought.order_line_id = line.order_line_id
    where bought.net_amount is null and line.amount_ex_tax is not null and not bought.is_fully_returned
    union all
    select
        'sfa__opportunity', opportunity_key, amount_in_currency, currency,
        opportunity_key in (select opportunity_id from {{ ref('stg_salesforce__opportunity') }})
    from {{ ref('fct_opportunity') }}
    where amount is null and amount_in_currency is not null

)

select
    case when is_salesforce then 'salesforce' else 'files' end as source,
    object,
    cast(null as {{ dbt.type_string() }}) as place,
    'currency' as column_name,
    key,
    cast(amount as decimal(18, 2)) as amount,
    currency
from missing
