-- A recurring line without a first day, of its own or of its order, can be active on no day: its amount is in no MRR.
select
    'warehouse' as source,
    'crm__subscription_line' as object,
    cast(null as {{ dbt.type_string() }}) as place,
    'start_date' as column_name,
    line_id as key,
    amount_total_ex_tax as amount,
    coalesce(currency, '{{ var("reporting_currency") }}') as currency
from {{ ref('crm__subscription_line') }}
where charge_type = 'recurring'
    and start_date is null
