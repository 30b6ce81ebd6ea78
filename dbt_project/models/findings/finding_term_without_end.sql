-- A term amount covers start to end; without an end it is taken as the amount of a contract year (int_recurring_line).
select
    'warehouse' as source,
    'crm__subscription_line' as object,
    cast(null as {{ dbt.type_string() }}) as place,
    'end_date' as column_name,
    line_id as key,
    amount_total_ex_tax as amount,
    coalesce(currency, '{{ var("reporting_currency") }}') as currency
from {{ ref('crm__subscription_line') }}
where charge_type = 'recurring'
    and end_date is null
    and billing_period = 'term'
