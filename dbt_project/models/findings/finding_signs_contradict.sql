-- Fewer than no pieces that bring money in: a return, or a slip of the sign? The amount counts as it stands
-- (docs/domain/segments.md#purchases).
select
    'warehouse' as source,
    'crm__order_line' as object,
    cast(null as {{ dbt.type_string() }}) as place,
    'quantity' as column_name,
    order_line_key as key,
    net_amount as amount,
    '{{ var("reporting_currency") }}' as currency
from {{ ref('fct_order_line') }}
where quantity < 0 and net_amount > 0
union all
select
    'warehouse' as source,
    'crm__subscription_line' as object,
    cast(null as {{ dbt.type_string() }}) as place,
    'quantity' as column_name,
    line_id as key,
    amount_total_ex_tax as amount,
    currency
from {{ ref('crm__subscription_line') }}
where charge_type = 'recurring' and quantity < 0 and amount_total_ex_tax > 0
