-- Customers by the amount of the trailing months, tenth by tenth, 1 the highest; the slice of as_of
-- (docs/domain/segments.md#decile).
{%- set months = var('decile_lookback_months') %}
{%- set tie_method = var('decile_tie_method') %}
with customer as (

    select customer_key from {{ ref('dim_customer') }}
    where customer_status in ('active', 'churned')

),

purchase as (

    select * from {{ ref('int_purchase') }}
    where purchase_date > {{ add_months(as_of_date(), -1 * months) }}

),

amounts as (

    select
        customer.customer_key,
        cast(sum(purchase.amount) as decimal(18, 2)) as amount,
        max(case when purchase.amount >= 0 then purchase.purchase_date end) as last_order_date
    from customer
    inner join purchase on customer.customer_key = purchase.customer_key
    group by customer.customer_key
    having sum(purchase.amount) > 0

),

ranked as (

    select
        *,
        row_number() over by_amount as rank_no,
        ntile(10) over by_amount as tenth,
        count(*) over () as customers,
        sum(amount) over () as total_amount,
        sum(amount) over (
            order by amount desc, last_order_date desc nulls last, customer_key asc
            rows between unbounded preceding and current row
        ) as cumulative_amount
    from amounts
    window by_amount as (order by amount desc, last_order_date desc nulls last, customer_key asc)

),

tied as (

    select
        *,
        {{ 'min(tenth) over (partition by amount)' if tie_method == 'rank' else 'tenth' }} as decile
    from ranked

),

final as (

    select
        customer_key,
        {{ as_of_date() }} as as_of_date,
        'T{{ months }}M' as period_code,
        amount,
        cast(rank_no as integer) as rank_no,
        cast(decile as smallint) as decile,
        {{ rate('amount', 'total_amount') }} as share,
        {{ rate('cumulative_amount', 'total_amount') }} as cum_share,
        min(decile) over (partition by amount) <> max(decile) over (partition by amount) as tie_at_boundary,
        customers < 10 as is_small_population,
        last_order_date
    from tied

)

select * from final
