-- Order items that are not one-time purchases (docs/tenant.md#salesforce-fields-beyond-the-standard-ones), and dropped
-- lines.
with order_items as (

    select * from {{ ref('int_salesforce_order_item') }}
    where charge_type <> 'one_time'

),

salesforce as (

    select
        *,
        coalesce({{ billing_period('billing_period') }}, 'term') as period_code,
        {{ rate('least(greatest(list_price - unit_price, 0), abs(list_price))', 'list_price') }} as discount_rate,
        {{ currency_of('currency') }} as currency_code
    from order_items

),

files as (

    select
        lines.*,
        coalesce(lines.account_id, contracts.account_id) as owning_account_id,
        {{ code_meaning('charge_type', 'lines.charge_type') }} as given_charge_code,
        coalesce({{ billing_period('lines.billing_period') }}, 'term') as period_code,
        {{ currency_of('lines.currency') }} as currency_code
    from {{ file_records('crm__subscription_line') }} as lines
    left join {{ ref('crm__contract') }} as contracts on lines.contract_id = contracts.contract_id
    where lines.line_id not in (select order_item_id from salesforce)

),

-- A line that says nothing else recurs, unless it is paid but once.
charged_files as (

    select
        *,
        coalesce(given_charge_code, case when period_code = 'one_time' then 'one_time' else 'recurring' end)
            as charge_code
    from files

),

final as (

    select
        {{ entity_select('crm__subscription_line',
            held=[
                'account_id', 'contract_id', 'product_id', 'quantity', 'start_date', 'end_date', 'charge_type',
                'discount_rate', 'fx_rate_fixed', 'created_at', 'updated_at',
            ],
            renamed={
                'line_id': 'order_item_id', 'amount_total_ex_tax': 'total_price', 'billing_period': 'period_code',
                'currency': 'currency_code', 'list_price_ex_tax': 'list_price',
            },
        ) }}
    from salesforce
    union all
    select
        {{ entity_select('crm__subscription_line', renamed={
            'account_id': 'owning_account_id', 'charge_type': 'charge_code', 'billing_period': 'period_code',
            'currency': 'currency_code',
        }) }}
    from charged_files

)

select * from final
