{{ config(
    materialized='incremental',
    incremental_strategy='replace_keys',
    meta={'touched': {
        'customer_key': "select customer_key from {{ ref('int_touched_customer') }}",
        'month': "select {{ date_series(month_of(last_build_date()), month_of(as_of_date()), 'month') }}"
    }}
) }}
-- MRR of each customer and family at both ends of a month, wherever one of them is not 0
-- (docs/domain/revenue.md#movements). The customer's totals stand on each of its rows; is_customer_row marks one row
-- per customer and month. is_same_sale: the family has the same products in the same quantities at both ends, so that
-- only prices have moved; worked out only where price rises are no expansion.
{%- set sold_line = "case when mrr > 0 then coalesce(product_key, '') || '=' || licences || ';' end" %}
{%- set tells_prices = not var('price_increase_as_expansion') %}
with family_month as (

    -- discount lines may not take a family below zero (docs/domain/revenue.md#line-value)
    select
        customer_key,
        product_family_id,
        month,
        cast(greatest(sum(mrr), 0) as decimal(18, 2)) as mrr,
        cast(greatest(sum(arr), 0) as decimal(18, 2)) as arr,
        {{ concat_ordered(sold_line, sold_line) if tells_prices else 'cast(null as ' ~ dbt.type_string() ~ ')' }} as sold,
        max(known_date) as known_date
    from {{ ref('fct_subscription_month') }}
    where month >= {{ add_months(month_of(last_build_date()), -1) }}
        or {{ is_touched('customer_key', 'select customer_key from ' ~ ref('int_touched_customer')) }}
    group by customer_key, product_family_id, month

),

-- What closes a month opens the next one.
month_side as (

    select
        customer_key, product_family_id, month, known_date,
        0 as opening_mrr, mrr as closing_mrr, 0 as opening_arr, arr as closing_arr,
        null as opening_sold, sold as closing_sold
    from family_month
    union all
    select
        customer_key, product_family_id, {{ add_months('month', 1) }} as month, known_date,
        mrr as opening_mrr, 0 as closing_mrr, arr as opening_arr, 0 as closing_arr,
        sold as opening_sold, null as closing_sold
    from family_month
    where month < {{ month_of(as_of_date()) }}

),

family_change as (

    select
        customer_key,
        product_family_id,
        month,
        cast(sum(opening_mrr) as decimal(18, 2)) as opening_mrr,
        cast(sum(closing_mrr) as decimal(18, 2)) as closing_mrr,
        cast(sum(opening_arr) as decimal(18, 2)) as opening_arr,
        cast(sum(closing_arr) as decimal(18, 2)) as closing_arr,
        coalesce(max(opening_sold) = max(closing_sold), false) as is_same_sale,
        max(known_date) as known_date
    from month_side
    where month >= {{ month_of(last_build_date()) }} or {{ is_touched('customer_key', 'select customer_key from ' ~ ref('int_touched_customer')) }}
    group by customer_key, product_family_id, month
    having sum(opening_mrr) > 0 or sum(closing_mrr) > 0

),

final as (

    select
        customer_key,
        product_family_id,
        month,
        opening_mrr,
        closing_mrr,
        is_same_sale,
        product_family_id = min(product_family_id) over customer_month as is_customer_row,
        cast(sum(opening_mrr) over customer_month as decimal(18, 2)) as customer_opening_mrr,
        cast(sum(closing_mrr) over customer_month as decimal(18, 2)) as customer_closing_mrr,
        cast(sum(opening_arr) over customer_month as decimal(18, 2)) as customer_opening_arr,
        cast(sum(closing_arr) over customer_month as decimal(18, 2)) as customer_closing_arr,
        max(known_date) over customer_month as customer_known_date
    from family_change
    window customer_month as (partition by customer_key, month)

)

select * from final
