{{ config(severity='warn') }}
-- docs/domain/revenue.md#currency: a line in another currency is converted at its contract's fixed rate; without one it
-- counts at face value.
select line_id, account_id, currency, amount_total_ex_tax
from {{ ref('crm__subscription_line') }}
where charge_type = 'recurring'
    and currency <> '{{ var("reporting_currency") }}'
    and fx_rate_fixed is null
