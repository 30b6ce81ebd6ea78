{{ config(severity='warn') }}
-- docs/domain/revenue.md#line-value: discount lines exceed what they discount; the family counts 0.
select customer_key, product_family_id, month, sum(mrr) as mrr
from {{ ref('fct_subscription_month') }}
group by customer_key, product_family_id, month
having sum(mrr) < 0
