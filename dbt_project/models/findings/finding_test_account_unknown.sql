-- Entries of test_accounts that no account has (docs/domain/customers.md#test-accounts).
with listed as (
    {% for account in var('test_accounts') %}
    select '{{ account | replace("'", "''") }}' as account_id
    {%- if not loop.last %} union all{% endif %}
    {%- else %}
    select cast(null as {{ dbt.type_string() }}) as account_id where false
    {%- endfor %}

),

account as (

    select account_id from {{ ref('int_company_match') }}
    union all
    select substr(account_id, 1, 15) from {{ ref('int_company_match') }} where length(account_id) = 18

)

select
    'warehouse' as source,
    'crm__account' as object,
    cast(null as {{ dbt.type_string() }}) as place,
    'account_id' as column_name,
    account_id as key,
    cast(null as decimal(18, 2)) as amount,
    cast(null as {{ dbt.type_string() }}) as currency
from listed
where account_id not in (select account.account_id from account)
