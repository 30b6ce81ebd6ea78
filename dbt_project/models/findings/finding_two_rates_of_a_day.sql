-- Several rates of one currency and day in dropped files: that of the last drop and row counts
-- (docs/domain/revenue.md#currency).
select
    'files' as source,
    'crm__exchange_rate' as object,
    cast(null as {{ dbt.type_string() }}) as place,
    'rate' as column_name,
    {{ currency_of('from_currency') }} || ' / ' || rate_date as key,
    cast(null as decimal(18, 2)) as amount,
    cast(null as {{ dbt.type_string() }}) as currency
from {{ ref('stg_files__crm__exchange_rate') }}
group by {{ currency_of('from_currency') }}, rate_date
having min(rate) <> max(rate)
