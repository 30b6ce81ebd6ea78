-- A number with a wrong check digit, and a placeholder whose check digit fits, join nobody
-- (docs/domain/japan.md#corporate-number).
select
    source_system as source,
    'crm__account' as object,
    cast(null as {{ dbt.type_string() }}) as place,
    'corporate_number' as column_name,
    account_id || ' / ' || corporate_number as key,
    cast(null as decimal(18, 2)) as amount,
    cast(null as {{ dbt.type_string() }}) as currency
from {{ ref('int_company') }}
where not is_corporate_number_valid
