-- A line whose order never came has no day and no customer: it is in fct_order_line, in no recency, frequency or amount
-- of a customer (docs/domain/segments.md#purchases).
select
    'warehouse' as source,
    'crm__order_line' as object,
    cast(null as {{ dbt.type_string() }}) as place,
    'order_id' as column_name,
    order_line_key as key,
    net_amount as amount,
    '{{ var("reporting_currency") }}' as currency
from {{ ref('fct_order_line') }}
where order_date is null
