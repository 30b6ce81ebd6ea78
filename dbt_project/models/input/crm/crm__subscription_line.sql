-- Order items that are not one-time purchases (TENANT.md), and dropped lines.
with order_items as (

    select * from {{ ref('stg_salesforce__order_item_routed') }}
    where charge_type <> 'one_time'

),

salesforce as (

    select
        {{ entity_select('crm__subscription_line',
            same=[
                'account_id', 'contract_id', 'product_id', 'quantity', 'start_date', 'end_date', 'charge_type',
                'fx_rate_fixed', 'created_at', 'updated_at',
            ],
            expressions={
                'line_id': 'order_item_id',
                'amount_total_ex_tax': 'total_price',
                'billing_period':
                    "case when billing_period in ('monthly', 'annual') then billing_period else 'term' end",
                'list_price_ex_tax': convert_money('list_price', 'fx_rate_fixed'),
                'discount_rate': rate('greatest(list_price - unit_price, 0)', 'list_price'),
                'currency': "coalesce(currency, '" ~ var('reporting_currency') ~ "')",
            },
        ) }}
    from order_items

),

files as (

    select
        {{ entity_select('crm__subscription_line', expressions={
            'account_id': 'coalesce(lines.account_id, contracts.account_id)',
            'charge_type':
                known_code("coalesce(charge_type, 'recurring')", ['recurring', 'one_time', 'usage', 'trial']),
            'billing_period': 'lower(billing_period)',
            'currency': "coalesce(currency, '" ~ var('reporting_currency') ~ "')",
        }, alias='lines') }}
    from {{ ref('stg_files__crm__subscription_line') }} as lines
    left join {{ ref('crm__contract') }} as contracts on lines.contract_id = contracts.contract_id
    where lines.line_id not in (select line_id from salesforce)

),

final as (

    select * from salesforce
    union all
    select * from files

)

select * from final
