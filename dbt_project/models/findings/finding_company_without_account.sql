-- Companies of other systems that nothing joins to the CRM: each is a customer of its own
-- (docs/domain/customers.md#matching).
select
    company.source_system as source,
    'crm__account' as object,
    cast(null as {{ dbt.type_string() }}) as place,
    'account_id' as column_name,
    company.account_id as key,
    cast(null as decimal(18, 2)) as amount,
    cast(null as {{ dbt.type_string() }}) as currency
from {{ ref('int_company_number') }} as number
inner join {{ ref('int_company') }} as company on number.account_id = company.account_id
inner join {{ ref('int_customer_identity') }} as identity on number.account_id = identity.account_id
where not number.is_in_crm and identity.match_method <> 'domain'
    and exists (select 1 from {{ ref('crm__account') }})
