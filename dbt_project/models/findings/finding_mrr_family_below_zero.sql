-- docs/domain/revenue.md#line-value: discount lines exceed what they discount; the family counts 0.
select
    'warehouse' as source,
    'crm__subscription_line' as object,
    cast(month as {{ dbt.type_string() }}) as place,
    'mrr' as column_name,
    customer_key || ' / ' || product_family_id as key,
    sum(mrr) as amount,
    '{{ var("reporting_currency") }}' as currency
from {{ ref('fct_subscription_month') }}
group by customer_key, product_family_id, month
having sum(mrr) < 0
