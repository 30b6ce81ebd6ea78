-- C-24: the MRR of every customer in the 360 is that of its lines in the month of as_of, exactly, so the totals agree
-- too; whoever has no line there has 0. A family below zero counts 0 (docs/domain/revenue.md#line-value).
with family_month as (

    select customer_key, product_family_id, greatest(sum(mrr), 0) as mrr
    from {{ ref('fct_subscription_month') }}
    where month = {{ month_of(as_of_date()) }}
    group by customer_key, product_family_id

),

paid as (

    select customer_key, sum(mrr) as mrr from family_month group by customer_key

)

select
    coalesce(mart.customer_key, paid.customer_key) as customer_key,
    mart.customer_status,
    mart.mrr,
    paid.mrr as mrr_of_lines
from {{ ref('mart_customer_360') }} as mart
full outer join paid on mart.customer_key = paid.customer_key
where coalesce(mart.mrr, 0) <> coalesce(paid.mrr, 0)
    or (mart.customer_status = 'churned' and mart.mrr <> 0)
