{{ config(severity='warn') }}
-- A term amount covers start to end; without an end it is taken as the amount of a contract year (int_recurring_line).
select line_id, account_id, start_date, amount_total_ex_tax
from {{ ref('crm__subscription_line') }}
where charge_type = 'recurring'
    and end_date is null
    and billing_period = 'term'
