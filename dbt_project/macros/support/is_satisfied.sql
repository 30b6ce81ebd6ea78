{#- csat_positive_min is meant for five points and carried over to other scales in proportion. -#}
{% macro is_satisfied(score, scale_max) -%}
    {{ score }} * 5.0 >= {{ var('csat_positive_min') }} * 1.0 * coalesce({{ scale_max }}, 5)
{%- endmacro %}
