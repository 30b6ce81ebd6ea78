{{ config(materialized='view') }}

-- The months of the monthly histories, and the day on which each is looked at: its last, the running month as_of
-- (docs/domain/conventions.md#monthly-histories).
with months as (

    select {{ date_series(history_start(), month_of(as_of_date()), 'month') }} as month

)

select month, least(last_day(month), {{ as_of_date() }}) as evaluated_on
from months
