{{ config(materialized='view') }}
{%- set order_rate = fx_rate('order_line.currency', 'exchange_rate.rate', 'order_line.fx_rate_fixed') %}
-- Lines but those of orders cancelled or after as_of, with what was kept, in our currency; those of an order that never
-- came have neither date nor customer (docs/domain/segments.md#purchases, docs/domain/segments.md#price-class).
with order_line as (

    select * from {{ ref('crm__order_line') }}

),

orders as (

    select * from {{ ref('crm__order') }}

),

joined as (

    select
        order_line.order_line_id,
        order_line.order_id,
        coalesce(identity.customer_key, 'unknown') as customer_key,
        case when orders.contact_id is not null then {{ surrogate_key(['orders.contact_id']) }} end as contact_key,
        order_line.product_id as product_key,
        orders.order_date,
        order_line.quantity,
        coalesce(order_line.quantity, 1) as pieces,
        case
            when order_line.quantity <= 0 then 0
            when orders.status = 'returned' then coalesce(order_line.quantity, 1)
            else least(abs(coalesce(order_line.returned_quantity, 0)), coalesce(order_line.quantity, 1))
        end as returned_quantity,
        {{ convert_money('order_line.unit_price_net_ex_tax', order_rate) }} as unit_price_net,
        {{ convert_money('nullif(order_line.list_price_ex_tax, 0)', order_rate) }} as list_price,
        {{ convert_money('order_line.amount_ex_tax', order_rate) }} as amount,
        coalesce(order_line.is_sale, false) as is_sale,
        order_line.tax_rate
    from order_line
    left join orders on order_line.order_id = orders.order_id
    left join {{ ref('int_customer_identity') }} as identity on orders.account_id = identity.account_id
    left join {{ ref('int_exchange_rate') }} as exchange_rate
        on order_line.currency = exchange_rate.from_currency and orders.order_date >= exchange_rate.rate_date
        and orders.order_date < coalesce(exchange_rate.next_date, {{ far_future() }})
    where coalesce(orders.order_date <= {{ as_of_date() }}, true)
        and coalesce(orders.status, 'ordered') <> 'cancelled'

),

-- At list price and as paid, of the whole line: one rounding, whether or not the source gives a price a unit.
priced as (

    select
        *,
        abs({{ to_money('cast(list_price as decimal(38, 2)) * quantity') }}) as listed_amount,
        abs(coalesce({{ to_money('cast(unit_price_net as decimal(38, 2)) * quantity') }}, amount)) as paid_amount
    from joined

),

final as (

    select
        order_line_id,
        order_id,
        customer_key,
        contact_key,
        product_key,
        order_date,
        quantity,
        returned_quantity,
        returned_quantity > 0 and returned_quantity = pieces as is_fully_returned,
        unit_price_net,
        list_price,
        case
            when returned_quantity > 0 then {{ divide_money(
                'amount',
                'cast(cast(pieces - returned_quantity as decimal(38, 4)) * 10000 as bigint)',
                'cast(cast(pieces as decimal(38, 4)) * 10000 as bigint)'
            ) }}
            else amount
        end as net_amount,
        {{ rate('listed_amount - paid_amount', 'listed_amount', 'decimal(18, 6)') }} as discount_rate,
        case
            when is_sale then 'bargain'
            when coalesce(listed_amount, 0) = 0 then 'unknown'
            when paid_amount < cast(listed_amount as decimal(38, 2)) * (1 - cast({{ var('pb_tolerance') }} as decimal(9, 6))) then 'bargain'
            else 'proper'
        end as price_class,
        tax_rate
    from priced

)

select * from final
