{#- One row a day from first to last date, in column date_day. -#}
{% macro day_series(first_date, last_date) -%}
    {{ return(adapter.dispatch('day_series')(first_date, last_date)) }}
{%- endmacro %}
{% macro duckdb__day_series(first_date, last_date) -%}
    select cast(day as date) as date_day
    from generate_series({{ first_date }}, {{ last_date }}, interval 1 day) as series (day)
{%- endmacro %}
{% macro spark__day_series(first_date, last_date) -%}
    select explode(sequence({{ first_date }}, {{ last_date }}, interval 1 day)) as date_day
{%- endmacro %}

{#- One row an element of an array. -#}
{% macro explode_array(array) -%}
    {{ return(adapter.dispatch('explode_array')(array)) }}
{%- endmacro %}
{% macro duckdb__explode_array(array) -%}
    unnest({{ array }})
{%- endmacro %}
{% macro spark__explode_array(array) -%}
    explode({{ array }})
{%- endmacro %}
