{{ config(
    materialized='incremental',
    incremental_strategy='replace_keys',
    meta={
        'touched': {'customer_key': "select customer_key from {{ ref('int_touched_customer') }}"},
        'is_clustered': true,
    }
) }}
-- Purchases without cancelled orders, returns netted (docs/domain/segments.md#purchases); touched customers are rebuilt
-- whole. A line whose order never came has no order_date.
with order_line as (

    -- an order that leaves nothing to pay is our own act: no purchase (docs/domain/segments.md#purchases)
    select
        *,
        not is_fully_returned and order_date is not null and not {{ is_test_customer('customer_key') }}
        {%- if not var('free_orders_are_purchases') %}
        and (sum(net_amount) over kept_order <> 0 or count(*) over kept_order > count(net_amount) over kept_order)
        {%- endif %} as is_purchase
    from {{ ref('int_order_line') }}
    where {{ is_touched('customer_key', 'select customer_key from ' ~ ref('int_touched_customer')) }}
    window kept_order as (partition by order_id, is_fully_returned)

),

-- What is no purchase is no first one either.
first_order as (

    select customer_key, order_id
    from order_line
    where is_purchase
    qualify row_number() over (partition by customer_key order by order_date, order_id, order_line_id) = 1

),

final as (

    select
        order_line.order_line_id as order_line_key,
        order_line.order_id,
        order_line.customer_key,
        order_line.contact_key,
        order_line.product_key,
        order_line.order_date,
        order_line.quantity,
        order_line.returned_quantity,
        order_line.unit_price_net,
        order_line.list_price,
        order_line.net_amount,
        order_line.discount_rate,
        order_line.price_class,
        order_line.is_fully_returned,
        order_line.is_purchase,
        first_order.order_id is not null as is_first_order,
        false as is_recurring,
        order_line.tax_rate
    from order_line
    left join first_order
        on order_line.customer_key = first_order.customer_key
        and order_line.order_id = first_order.order_id
    -- a customer's lines lie together, for all that sums them by customer (docs/performance.md#rfm)
    order by order_line.customer_key

)

select * from final
