-- A deal's own rate that is none (docs/domain/revenue.md#currency): not above 0, or another than 1 at an amount in our
-- own currency, which counts at its face value.
{%- set ours = "'" ~ var('reporting_currency') ~ "'" %}
with line as (

    select 'crm__subscription_line' as object, line_id as key, amount_total_ex_tax as amount, currency, fx_rate_fixed
    from {{ ref('crm__subscription_line') }}
    where charge_type = 'recurring'
    union all
    select 'crm__order_line', order_line_id, amount_ex_tax, currency, fx_rate_fixed
    from {{ ref('crm__order_line') }}

)

select
    'warehouse' as source,
    object,
    cast(null as {{ dbt.type_string() }}) as place,
    'fx_rate_fixed' as column_name,
    key,
    cast(amount as decimal(18, 2)) as amount,
    currency
from line
where amount <> 0
    and (fx_rate_fixed < 0 or (currency = {{ ours }} and fx_rate_fixed not in (0, 1)))
