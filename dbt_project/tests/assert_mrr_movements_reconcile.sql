-- C-21: opening + movements = closing, for every customer and month, exactly. The two ends come straight from the lines.
with family_month as (

    select customer_key, product_family_id, month, greatest(sum(mrr), 0) as mrr
    from {{ ref('fct_subscription_month') }}
    group by customer_key, product_family_id, month

),

signed as (

    select customer_key, month, -mrr as amount from family_month
    union all
    select customer_key, {{ add_months('month', 1) }}, mrr from family_month
    where month < {{ month_of(as_of_date()) }}
    union all
    select customer_key, month, amount from {{ ref('fct_mrr_movement') }}

)

select customer_key, month, sum(amount) as difference
from signed
group by customer_key, month
having sum(amount) <> 0
