-- grain: evaluation date × customer; recency, frequency and monetary value, and whether they can be scored: of every
-- active and churned customer as_of, at a month's end of those that had bought (docs/domain/segments.md#rfm). `filter` and
-- not `case`: what it leaves out costs nothing.
{%- set occasion = {'order_date': 'purchase_date', 'order': 'occasion_id'}[var('rfm_frequency_unit')] %}
with customer as (

    select customer_key from {{ ref('dim_customer') }}
    where customer_status in ('active', 'churned')

),

evaluation_date as (

    select * from {{ ref('int_rfm_evaluation_date') }}

),

-- A slip that only takes money back lowers the amount; it is no visit, nor is a free line alone. One whose amount has
-- no rate to our currency is one.
purchase as (

    select *, coalesce(amount, 1) {{ '>=' if var('free_orders_are_purchases') else '>' }} 0 as is_visit
    from {{ ref('int_purchase') }}

),

-- as_of needs no dates beside its purchases, which is most of a day's cost
bought as (
    {% for evaluated_on in [as_of_date(), 'evaluation_date.evaluated_on'] %}
    {%- set is_in_window = 'purchase_date > ' ~ add_months(evaluated_on, -1 * var('rfm_lookback_months')) %}
    select
        {{ evaluated_on }} as evaluated_on,
        customer_key,
        min(purchase_date) filter (where is_visit) as first_order_date,
        max(purchase_date) filter (where is_visit) as last_order_date,
        {{ count_distinct_where(occasion, 'is_visit and ' ~ is_in_window) }} as frequency,
        sum(amount) filter (where {{ is_in_window }}) as monetary
    from purchase
    {%- if loop.first %}
    group by customer_key
    union all
    {%- else %}
    inner join evaluation_date
        on purchase.purchase_date <= evaluation_date.evaluated_on and evaluation_date.evaluated_on < {{ as_of_date() }}
    group by evaluation_date.evaluated_on, customer_key
    {%- endif %}
    {%- endfor %}

),

measured as (

    select
        evaluation_date.evaluated_on,
        customer.customer_key,
        bought.first_order_date,
        bought.last_order_date,
        {{ dbt.datediff('bought.last_order_date', 'evaluation_date.evaluated_on', 'day') }} as recency_days,
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
    cross join evaluation_date
    left join bought
        on evaluation_date.evaluated_on = bought.evaluated_on and customer.customer_key = bought.customer_key
    where evaluation_date.evaluated_on = {{ as_of_date() }} or bought.first_order_date is not null

),

final as (

    select
        evaluated_on,
        customer_key,
        first_order_date,
        last_order_date,
        recency_days,
        frequency,
        monetary,
        case
            when population = 'scored' and count(*) over (partition by evaluated_on, population) < {{ var('rfm_bins') }}
                then 'small_population'
            else population
        end as population
    from measured

)

select * from final
