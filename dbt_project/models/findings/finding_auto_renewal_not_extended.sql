-- docs/domain/revenue.md#auto-renewal: with auto_renew_extends false a line ends although its contract renews itself.
select
    'warehouse' as source,
    'crm__subscription_line' as object,
    cast(null as {{ dbt.type_string() }}) as place,
    'end_date' as column_name,
    line_id as key,
    amount_total_ex_tax as amount,
    coalesce(currency, '{{ var("reporting_currency") }}') as currency
from {{ ref('int_auto_renewal') }}
where not is_counted
