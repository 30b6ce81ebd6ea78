-- What happened to MRR between two month ends, one row per customer and family with a change
-- (docs/domain/revenue.md#movements).
with mrr_change as (

    select * from {{ ref('int_mrr_change') }}

),

month_end as (

    select * from {{ ref('int_revenue_month') }}

),

first_paid as (

    select customer_key, min(month) as first_month
    from mrr_change
    where customer_closing_mrr > 0
    group by customer_key

),

-- A line that has ended may still be bridged until its end + grace: its churn is provisional
-- (docs/domain/revenue.md#grace).
within_grace as (

    select customer_key, product_family_id, {{ month_of('end_date + 1') }} as month
    from {{ ref('int_subscription_line') }}
    where end_date between {{ as_of_date() }} - {{ var('renewal_grace_days') }} and {{ as_of_date() }} - 1
    group by customer_key, product_family_id, {{ month_of('end_date + 1') }}

),

customer_within_grace as (

    select distinct customer_key, month from within_grace

),

typed as (

    select
        mrr_change.*,
        closing_mrr - opening_mrr as amount,
        case
            when customer_opening_mrr = 0 and mrr_change.month = first_month then 'new'
            when customer_opening_mrr = 0 then 'reactivation'
            when customer_closing_mrr = 0 then 'churn'
            when closing_mrr < opening_mrr then 'contraction'
            when opening_mrr > 0 and is_same_sale then 'price_uplift'
            when opening_mrr > 0 then 'upsell'
            else 'cross_sell'
        end as movement_type
    from mrr_change
    inner join first_paid
        on mrr_change.customer_key = first_paid.customer_key
    where closing_mrr <> opening_mrr

),

final as (

    select
        typed.customer_key,
        typed.product_family_id,
        typed.month,
        movement_type,
        case
            when movement_type <> 'contraction' then null
            when closing_mrr = 0 then 'product_churn'
            else 'downgrade'
        end as sub_type,
        case movement_type
            when 'contraction' then 'renewal'
            when 'price_uplift' then 'renewal'
            when 'new' then 'none'
            when 'reactivation' then 'none'
            else movement_type
        end as customer_type_seed,
        cast(amount as decimal(18, 2)) as amount,
        not is_complete
        or (movement_type = 'churn' and customer_within_grace.month is not null)
        or (movement_type = 'contraction' and closing_mrr = 0 and within_grace.month is not null) as is_provisional,
        is_reported and customer_known_date > last_day(typed.month) as is_restated
    from typed
    inner join month_end
        on typed.month = month_end.month
    left join within_grace
        on typed.customer_key = within_grace.customer_key
        and typed.product_family_id = within_grace.product_family_id
        and typed.month = within_grace.month
    left join customer_within_grace
        on typed.customer_key = customer_within_grace.customer_key
        and typed.month = customer_within_grace.month

)

select * from final
