{#- Sunday that ends the week of a date. -#}
{% macro week_end_of(date_expression) -%}
    (cast(date_trunc('week', {{ date_expression }}) as date) + 6)
{%- endmacro %}

{#- Sunday of the last week that is complete on a date, by default the business date. -#}
{% macro last_week_end(date_expression=none) -%}
    (cast(date_trunc('week', {{ date_expression or as_of_date() }} + 1) as date) - 1)
{%- endmacro %}
