-- Recency, frequency and monetary value of every active and churned customer, and whether they can be scored
-- (docs/domain/segments.md#rfm). `filter` and not `case`: what it leaves out costs nothing.
{%- set occasion = {'order_date': 'purchase_date', 'order': 'occasion_id'}[var('rfm_frequency_unit')] %}
with customer as (

    select customer_key from {{ ref('dim_customer') }}
    where customer_status in ('active', 'churned')

),

-- A slip that only takes money back lowers the amount; it is no visit, nor is a free line alone. One whose amount has
-- no rate to our currency is one.
purchase as (

    select
        *,
        coalesce(amount, 1) {{ '>=' if var('free_orders_are_purchases') else '>' }} 0 as is_visit,
        purchase_date > {{ add_months(as_of_date(), -1 * var('rfm_lookback_months')) }} as is_in_window
    from {{ ref('int_purchase') }}

),

bought as (

    select
        customer_key,
        min(purchase_date) filter (where is_visit) as first_order_date,
        max(purchase_date) filter (where is_visit) as last_order_date,
        {{ count_distinct_where(occasion, 'is_visit and is_in_window') }} as frequency,
        sum(amount) filter (where is_in_window) as monetary
    from purchase
    group by customer_key

),

measured as (

    select
        customer.customer_key,
        bought.first_order_date,
        bought.last_order_date,
        {{ dbt.datediff('bought.last_order_date', as_of_date(), 'day') }} as recency_days,
        coalesce(bought.frequency, 0) as frequency,
        -- what comes back later than the window is no amount of it
        cast(case when bought.frequency > 0 then bought.monetary else 0 end as decimal(18, 2)) as monetary,
        case
            when bought.last_order_date is null then 'no_purchase'
            when bought.frequency = 0 then 'lapsed'
            when bought.monetary is null then 'amount_unknown'
            else 'scored'
        end as population
    from customer
    left join bought on customer.customer_key = bought.customer_key

),

final as (

    select
        customer_key,
        first_order_date,
        last_order_date,
        recency_days,
        frequency,
        monetary,
        case
            when population = 'scored' and count(*) over (partition by population) < {{ var('rfm_bins') }}
                then 'small_population'
            else population
        end as population
    from measured

)

select * from final
