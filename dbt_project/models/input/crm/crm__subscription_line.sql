-- Order items that are not one-time purchases (docs/tenant.md#salesforce-fields-beyond-the-standard-ones), and dropped
-- lines.
with order_items as (

    select * from {{ ref('int_salesforce_order_item') }}
    where charge_type <> 'one_time'

),

salesforce as (

    select
        *,
        case when billing_period in ('monthly', 'annual') then billing_period else 'term' end as period_code,
        {{ convert_money('list_price', 'fx_rate_fixed') }} as list_price_ex_tax,
        {{ rate('least(greatest(list_price - unit_price, 0), abs(list_price))', 'list_price') }} as discount_rate,
        coalesce(currency, '{{ var("reporting_currency") }}') as currency_code
    from order_items

),

files as (

    select
        lines.*,
        coalesce(lines.account_id, contracts.account_id) as owning_account_id,
        {{ known_code(
            "coalesce(lines.charge_type, 'recurring')", ['recurring', 'one_time', 'usage', 'trial']
        ) }} as charge_code,
        lower(lines.billing_period) as period_code,
        coalesce(lines.currency, '{{ var("reporting_currency") }}') as currency_code
    from {{ file_records('crm__subscription_line') }} as lines
    left join {{ ref('crm__contract') }} as contracts on lines.contract_id = contracts.contract_id
    where lines.line_id not in (select order_item_id from salesforce)

),

final as (

    select
        {{ entity_select('crm__subscription_line',
            held=[
                'account_id', 'contract_id', 'product_id', 'quantity', 'start_date', 'end_date', 'charge_type',
                'list_price_ex_tax', 'discount_rate', 'fx_rate_fixed', 'created_at', 'updated_at',
            ],
            renamed={
                'line_id': 'order_item_id', 'amount_total_ex_tax': 'total_price', 'billing_period': 'period_code',
                'currency': 'currency_code',
            },
        ) }}
    from salesforce
    union all
    select
        {{ entity_select('crm__subscription_line', renamed={
            'account_id': 'owning_account_id', 'charge_type': 'charge_code', 'billing_period': 'period_code',
            'currency': 'currency_code',
        }) }}
    from files

)

select * from final
