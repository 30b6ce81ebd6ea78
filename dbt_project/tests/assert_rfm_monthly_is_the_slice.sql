-- The month of as_of is the slice of as_of, but for those who never bought (docs/domain/conventions.md#monthly-histories).
{%- set columns = [
    'customer_key', 'population', 'recency_days', 'frequency', 'monetary', 'r_score', 'f_score', 'm_score', 'rfm_code',
    'rfm_segment',
] | join(', ') %}
with slice as (

    select {{ columns }}
    from {{ ref('mart_rfm') }}
    where as_of_date = {{ as_of_date() }} and population <> 'no_purchase'

),

month as (

    select {{ columns }}
    from {{ ref('fct_rfm_monthly') }}
    where month = {{ month_of(as_of_date()) }}

)

(select * from slice except select * from month)
union all
(select * from month except select * from slice)
