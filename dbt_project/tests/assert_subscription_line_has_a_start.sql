{{ config(severity='warn') }}
-- A recurring line without a first day, of its own or of its order, can be active on no day: its amount is in no MRR.
select line_id, account_id, amount_total_ex_tax
from {{ ref('crm__subscription_line') }}
where charge_type = 'recurring'
    and start_date is null
