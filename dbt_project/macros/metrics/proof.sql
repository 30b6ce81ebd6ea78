{#- The last month whose churn is final: nothing can bridge a gap any more (docs/domain/revenue.md#grace). -#}
{% macro last_proven_month() -%}
    {{ add_months(month_of(as_of_date() ~ ' - ' ~ var('renewal_grace_days') ~ ' + 1'), -1) }}
{%- endmacro %}

{% macro proof_guard(churned, cases) -%}
    case when {{ churned }} < {{ var('proof_min_events') }} or {{ cases }} < {{ var('min_sample_n') }} then 'too_few_events' end
{%- endmacro %}
