-- The month of as_of is the slice of as_of: same customers, same values (docs/domain/conventions.md#monthly-histories).
{%- set columns = [
    'activation_level', 'activation_score', 'goals_achieved', 'current_stage_no', 'days_in_current_stage', 'publications_6m',
    'distinct_pub_months', 'regularity_rate', 'regularity_rate_num', 'regularity_rate_den', 'max_gap_days',
    'target_cadence_days', 'is_regular', 'is_ramp_up', 'open_items', 'definition_version',
] | join(', ') %}
with slice as (

    select customer_key, process_id, {{ columns }}
    from {{ ref('mart_activation_level') }}
    where as_of_date = {{ as_of_date() }}

),

month as (

    select customer_key, process_id, {{ columns }}
    from {{ ref('fct_activation_monthly') }}
    where month = {{ month_of(as_of_date()) }}

)

(select * from slice except select * from month)
union all
(select * from month except select * from slice)
