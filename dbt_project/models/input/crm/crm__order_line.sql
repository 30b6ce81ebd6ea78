-- Order items that are one-time purchases (docs/tenant.md#salesforce-fields-beyond-the-standard-ones), and dropped
-- lines; amounts in the line's own currency.
with order_items as (

    select * from {{ ref('int_salesforce_order_item') }}
    where charge_type = 'one_time'

),

salesforce as (

    select
        *,
        {{ currency_of('currency') }} as currency_code
    from order_items

),

files as (

    select
        *,
        coalesce({{ code_meaning('charge_type', 'charge_type') }}, 'one_time') as charge_code,
        {{ currency_of('currency') }} as currency_code
    from {{ file_records('crm__order_line') }} as landed
    where order_line_id not in (select order_item_id from salesforce)

),

final as (

    select
        {{ entity_select('crm__order_line',
            held=[
                'order_id', 'product_id', 'quantity', 'fx_rate_fixed', 'tax_rate', 'is_sale', 'returned_quantity',
                'charge_type', 'created_at', 'updated_at',
            ],
            renamed={
                'order_line_id': 'order_item_id', 'unit_price_net_ex_tax': 'unit_price',
                'list_price_ex_tax': 'list_price', 'amount_ex_tax': 'total_price', 'currency': 'currency_code',
            },
        ) }}
    from salesforce
    union all
    select {{ entity_select('crm__order_line', renamed={'charge_type': 'charge_code', 'currency': 'currency_code'}) }}
    from files

)

select * from final
