-- Order items that are one-time purchases (docs/tenant.md#salesforce-fields-beyond-the-standard-ones), and dropped
-- lines.
with order_items as (

    select * from {{ ref('int_salesforce_order_item') }}
    where charge_type = 'one_time'

),

salesforce as (

    select
        *,
        {{ convert_money('unit_price', 'fx_rate_fixed') }} as unit_price_net_ex_tax,
        {{ convert_money('list_price', 'fx_rate_fixed') }} as list_price_ex_tax,
        {{ convert_money('total_price', 'fx_rate_fixed') }} as amount_ex_tax
    from order_items

),

files as (

    select
        *,
        {{ known_code("coalesce(charge_type, 'one_time')", ['recurring', 'one_time', 'usage', 'trial']) }} as charge_code
    from {{ file_records('crm__order_line') }} as landed
    where order_line_id not in (select order_item_id from salesforce)

),

final as (

    select
        {{ entity_select('crm__order_line',
            held=[
                'order_id', 'product_id', 'quantity', 'unit_price_net_ex_tax', 'list_price_ex_tax', 'amount_ex_tax',
                'tax_rate', 'is_sale', 'returned_quantity', 'charge_type', 'created_at', 'updated_at',
            ],
            renamed={'order_line_id': 'order_item_id'},
        ) }}
    from salesforce
    union all
    select {{ entity_select('crm__order_line', renamed={'charge_type': 'charge_code'}) }}
    from files

)

select * from final
