-- Order items that are one-time purchases (TENANT.md), and dropped lines.
with order_items as (

    select * from {{ ref('stg_salesforce__order_item_routed') }}
    where charge_type = 'one_time'

),

salesforce as (

    select
        {{ entity_select('crm__order_line',
            same=[
                'order_id', 'product_id', 'quantity', 'tax_rate', 'is_sale', 'returned_quantity', 'charge_type',
                'created_at', 'updated_at',
            ],
            expressions={
                'order_line_id': 'order_item_id',
                'unit_price_net_ex_tax': convert_money('unit_price', 'fx_rate_fixed'),
                'list_price_ex_tax': convert_money('list_price', 'fx_rate_fixed'),
                'amount_ex_tax': convert_money('total_price', 'fx_rate_fixed'),
            },
        ) }}
    from order_items

),

files as (

    select
        {{ entity_select('crm__order_line', expressions={
            'charge_type':
                known_code("coalesce(charge_type, 'one_time')", ['recurring', 'one_time', 'usage', 'trial']),
        }) }}
    from {{ ref('stg_files__crm__order_line') }}
    where order_line_id not in (select order_line_id from salesforce)

),

final as (

    select * from salesforce
    union all
    select * from files

)

select * from final
