{{ config(materialized='view') }}

-- grain: basis × score × horizon × month × customer; the cases by which a score is judged (docs/domain/activation.md#proof).
-- Months are as far apart as the horizon is long, counted back from the last whose outcome stands, so that no churn counts
-- twice; later months are open: is_churned is null.
{%- set horizons = {30: 1, 60: 2, 90: 3, 180: 6} %}
with outcome as (

    select * from {{ ref('mart_score_outcome') }}

),

final as (

    {% for days, months in horizons.items() -%}
    {%- set last_month = add_months(last_proven_month(), -months) -%}
    select
        basis,
        score_code,
        cast({{ days }} as smallint) as horizon_days,
        month,
        customer_key,
        score_value,
        low_since,
        mrr,
        days_to_renewal,
        outcome_{{ days }}d = 'churned' as is_churned,
        churned_date
    from outcome
    where month > {{ last_month }} or mod({{ calendar_months('month', last_month) }}, {{ months }}) = 0
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from final
