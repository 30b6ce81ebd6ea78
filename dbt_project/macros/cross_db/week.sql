{% macro week_end_of(date_expression) -%}
    (cast(date_trunc('week', {{ date_expression }}) as date) + 6)
{%- endmacro %}

{% macro last_week_end(date_expression=none) -%}
    (cast(date_trunc('week', {{ date_expression or as_of_date() }} + 1) as date) - 1)
{%- endmacro %}
