{{ config(materialized='view') }}

-- grain: customer × complete week; the weighted mean of the signals that are known, and how much of the weights they are
-- (docs/domain/activation.md#early-warning)
{%- set signals = [
    'login', 'data_change', 'license_activation', 'record_count', 'collaboration', 'report_view', 'platform_use',
] %}
with signal as (

    select * from {{ ref('int_ews_signal') }}

),

weight as (

    select
        {%- for signal in signals %}
        max(case when signal_code = '{{ signal }}' then weight end) * 1.0 as {{ signal }},
        {%- endfor %}
        sum(weight) as total
    from {{ ref('ews_signal') }}

),

weighed as (

    select
        signal.*,
        {% for name in signals %}{{ '+ ' if not loop.first }}coalesce(s_{{ name }} * weight.{{ name }}, 0)
        {% endfor %}as points,
        {% for name in signals %}{{ '+ ' if not loop.first }}case when s_{{ name }} is not null then weight.{{ name }} else 0 end
        {% endfor %}as known_weight,
        weight.total
    from signal
    cross join weight

),

final as (

    select
        customer_key,
        week_end,
        login_ratio,
        {%- for name in signals %}
        s_{{ name }},
        {%- endfor %}
        round(known_weight / total, 6) as coverage,
        case when round(known_weight / total, 6) >= {{ var('ews_min_coverage') }} then round(points / known_weight, 6) end
            as score
    from weighed

)

select * from final
