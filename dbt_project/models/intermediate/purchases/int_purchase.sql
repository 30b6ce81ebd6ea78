{{ config(materialized='view') }}
-- What RFM, decile and the like count as purchases (docs/domain/segments.md#purchases): valid order lines whose day is
-- known and, where the company wants subscriptions counted, each line's MRR a month, dated like the month's valuation
-- (docs/domain/segments.md#purchases: there are no invoices). A discount line takes money back, as a returned slip
-- does.
with order_line as (

    select * from {{ ref('fct_order_line') }}
    where is_purchase

),

subscription_month as (

    select * from {{ ref('fct_subscription_month') }}
    where mrr <> 0 and {{ 'true' if var('rfm_include_subscription') else 'false' }}

),

final as (

    select
        customer_key,
        order_line_key as purchase_id,
        order_id as occasion_id,
        order_date as purchase_date,
        product_key,
        net_amount as amount
    from order_line
    union all
    select
        customer_key,
        line_id || '@' || month as purchase_id,
        line_id || '@' || month as occasion_id,
        least(last_day(month), {{ as_of_date() }}) as purchase_date,
        product_key,
        mrr as amount
    from subscription_month

)

select * from final
