-- Annual sales in another currency for which there is no rate: the sales band is unknown
-- (docs/domain/revenue.md#currency).
select
    case
        when account.account_id in (select account_id from {{ ref('stg_salesforce__account') }}) then 'salesforce'
        else 'files'
    end as source,
    'crm__account' as object,
    cast(null as {{ dbt.type_string() }}) as place,
    'currency' as column_name,
    account.account_id as key,
    cast(account.annual_sales as decimal(18, 2)) as amount,
    account.currency
from {{ ref('crm__account') }} as account
left join {{ ref('int_exchange_rate') }} as exchange_rate
    on account.currency = exchange_rate.from_currency and exchange_rate.is_current
where account.annual_sales is not null
    and {{ fx_rate('account.currency', 'exchange_rate.rate') }} is null
