-- A domain or corporate number that several differently named records of one system claim joins nobody
-- (docs/domain/customers.md#conflicts).
select
    source_system as source,
    'crm__account' as object,
    cast(null as {{ dbt.type_string() }}) as place,
    case evidence_type when 'domain' then 'website_domain' else evidence_type end as column_name,
    evidence as key,
    cast(null as decimal(18, 2)) as amount,
    cast(null as {{ dbt.type_string() }}) as currency
from {{ ref('int_void_evidence') }}
