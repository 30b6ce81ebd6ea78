-- Kept, on the customer unknown (docs/domain/customers.md#unknown-customer).
select
    case
        when opportunity_id in (select opportunity_id from {{ ref('stg_salesforce__opportunity') }}) then 'salesforce'
        else 'files'
    end as source,
    'sfa__opportunity' as object,
    cast(null as {{ dbt.type_string() }}) as place,
    'account_id' as column_name,
    opportunity_id as key,
    cast(amount_ex_tax as decimal(18, 2)) as amount,
    currency
from {{ ref('sfa__opportunity') }}
where account_id is null
