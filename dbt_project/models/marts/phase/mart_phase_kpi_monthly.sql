-- grain: month × phase × segment, of 24 months (docs/domain/activation.md#phases). Through-rates and lead times are of the
-- customers that started in the month, the rest is of the month.
{%- set rates = {
    'follow': ('support', 'follow_rate', 'rate_num'), 'adopted': ('adoption', 'adoption_rate', 'rate_num'),
    'retained': ('renewal_retention', 'retention_rate', 'rate_num'), 'upsell': ('expansion', 'upsell_rate', 'rate_num'),
    'cross_sell': ('expansion', 'cross_sell_rate', 'cross_sell_num'),
    'advocacy': ('loyalty_advocate', 'word_of_mouth_rate', 'rate_num'),
} %}
with grid as (

    select * from {{ ref('int_phase_grid') }}

),

summed as (

    select * from {{ ref('int_phase_segment') }}

),

lead_time as (

    select * from {{ ref('int_phase_lead_time') }}

),

renewal as (

    select *, 'renewal_retention' as phase_code from {{ ref('mart_renewal_monthly') }}

),

final as (

    select
        grid.month,
        grid.phase_code,
        grid.segment_type,
        grid.segment_value,
        {%- for name in ['customers_in_phase', 'entered', 'achieved', 'opening_customers', 'churned_in_phase', 'lead_time_n'] %}
        cast(coalesce({{ name }}, 0) as integer) as {{ name }},
        {%- endfor %}
        {{ shown_rate('churned_in_phase', 'opening_customers') }} as phase_churn_rate,
        case when grid.is_matured then {{ shown_rate('through_num', 'through_den') }} end as through_rate,
        cast(coalesce(through_num, 0) as integer) as through_rate_num,
        cast(coalesce(through_den, 0) as integer) as through_rate_den,
        {%- for name in ['median', 'p75', 'p90'] %}
        cast(case when grid.is_matured and lead_time_n >= {{ var('min_sample_n') }} then {{ name }}_days end as decimal(9, 2))
            as lead_time_{{ name }}_days,
        {%- endfor %}
        {%- for name in ['median', 'ci_low', 'ci_high'] %}
        cast(case when observed >= {{ var('min_sample_n') }} then km_{{ name }}_days end as integer) as lead_time_km_{{ name }}_days,
        {%- endfor %}
        cast(coalesce(observed, 0) as integer) as lead_time_observed,
        cast(coalesce(out_of_order, 0) as integer) as out_of_order_count,
        {%- for name, (phase_code, rate_name, numerator) in rates.items() %}
        case when grid.phase_code = '{{ phase_code }}' then {{ shown_rate(numerator, 'rate_den') }} end as {{ rate_name }},
        cast(case when grid.phase_code = '{{ phase_code }}' then {{ numerator }} end as integer) as {{ name }}_customers,
        {%- endfor %}
        cast(rate_den as integer) as rate_den,
        renewal.renewal_rate,
        {%- for name, column in {'renewals': 'renewal_rate_num', 'renewals_decided': 'renewal_rate_den'}.items() %}
        cast(case when grid.phase_code = 'renewal_retention' then coalesce(renewal.{{ column }}, 0) end as integer) as {{ name }},
        {%- endfor %}
        {%- for name, part in {'csat': 'csat', 'response_rate': 'response', 'licence_utilisation': 'licence'}.items() %}
        {{ shown_rate(part ~ '_num', part ~ '_den') }} as {{ name }},
        cast({{ part }}_num as integer) as {{ name }}_num,
        cast({{ part }}_den as integer) as {{ name }}_den,
        {%- endfor %}
        {{ wilson_bound('csat_num', 'csat_den', 'low') }} as csat_ci_low,
        {{ wilson_bound('csat_num', 'csat_den', 'high') }} as csat_ci_high,
        cast(100 * {{ shown_rate('(promoters - detractors)', 'nps_den') }} as decimal(6, 2)) as nps,
        {{ nps_bound('promoters', 'detractors', 'nps_den', 'low') }} as nps_ci_low,
        {{ nps_bound('promoters', 'detractors', 'nps_den', 'high') }} as nps_ci_high,
        cast(nps_den as integer) as nps_answers,
        grid.is_matured,
        {% for cases in ['through_den', 'opening_customers', 'rate_den', 'csat_den', 'nps_den', 'response_den', 'licence_den'] -%}
        {{ is_rate_hidden(cases) }} or {% endfor %}coalesce(renewal.is_suppressed, false) as is_suppressed
    from grid
    left join summed
        on grid.month = summed.month
        and grid.phase_code = summed.phase_code
        and grid.segment_type = summed.segment_type
        and grid.segment_value = summed.segment_value
    left join lead_time
        on grid.month = lead_time.month
        and grid.phase_code = lead_time.phase_code
        and grid.segment_type = lead_time.segment_type
        and grid.segment_value = lead_time.segment_value
    left join renewal
        on grid.month = renewal.month
        and grid.phase_code = renewal.phase_code
        and grid.segment_type = renewal.segment_type
        and grid.segment_value = renewal.segment_value

)

select * from final
