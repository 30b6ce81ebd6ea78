{#- Of a group's values that are not null, the one that comes first. -#}
{% macro first_known(value, order_by) -%}
    {{ return(adapter.dispatch('first_known')(value, order_by)) }}
{%- endmacro %}
{% macro duckdb__first_known(value, order_by) -%}
    arg_min({{ value }}, {{ order_by }})
{%- endmacro %}
{% macro spark__first_known(value, order_by) -%}
    min_by({{ value }}, case when {{ value }} is not null then {{ order_by }} end)
{%- endmacro %}
