{{ config(materialized='view') }}
{%- set charge_code = "coalesce(nullif(trim(order_items.charge_type), ''), products.charge_type)" %}

-- Order items with what decides where they go: charge type of the line, else of its product, else one_time
-- (docs/tenant.md); account and contract of the order, null when the order is deleted. A line without a date of its own
-- starts with its order, as in Salesforce.
with order_items as (

    select * from {{ ref('stg_salesforce__order_item') }}

),

orders as (

    select * from {{ ref('stg_salesforce__order') }}

),

products as (

    select * from {{ ref('stg_salesforce__product2') }}

),

final as (

    select
        order_items.order_item_id,
        order_items.order_id,
        orders.account_id,
        coalesce(order_items.contract_id, orders.contract_id) as contract_id,
        order_items.product_id,
        order_items.quantity,
        order_items.unit_price,
        order_items.list_price,
        order_items.total_price,
        coalesce(order_items.start_date, orders.order_date) as start_date,
        order_items.end_date,
        order_items.billing_period,
        {{ charge_code }} as charge_code,
        coalesce({{ code_meaning('charge_type', charge_code) }}, 'one_time') as charge_type,
        coalesce(order_items.currency, orders.currency) as currency,
        order_items.fx_rate_fixed,
        coalesce(order_items.is_sale, order_items.price_book = 'campaign') as is_sale,
        order_items.tax_rate,
        order_items.returned_quantity,
        order_items.created_at,
        order_items.updated_at,
        greatest(
            order_items._build_id, coalesce(orders._build_id, 0), coalesce(products._build_id, 0)
        ) as _build_id
    from order_items
    left join orders on order_items.order_id = orders.order_id
    left join products on order_items.product_id = products.product_id

)

select * from final
