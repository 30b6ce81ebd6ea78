{#- A row a day or month (`unit`) from the first date to the last, as a column of a select. -#}
{% macro date_series(first_date, last_date, unit) -%}
    {{ return(adapter.dispatch('date_series')(first_date, last_date, unit)) }}
{%- endmacro %}
{% macro duckdb__date_series(first_date, last_date, unit) -%}
    cast(unnest(generate_series({{ first_date }}, {{ last_date }}, interval 1 {{ unit }})) as date)
{%- endmacro %}
{% macro spark__date_series(first_date, last_date, unit) -%}
    explode(sequence({{ first_date }}, {{ last_date }}, interval 1 {{ unit }}))
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
