{% macro shown_rate(numerator, denominator) -%}
    case when {{ denominator }} >= {{ var('min_sample_n') }} then {{ rate(numerator, denominator) }} end
{%- endmacro %}

{% macro is_rate_hidden(denominator) -%}
    coalesce({{ denominator }} > 0 and {{ denominator }} < {{ var('min_sample_n') }}, false)
{%- endmacro %}
