{% macro date_series(first_date, last_date, unit) -%}
    {{ return(adapter.dispatch('date_series')(first_date, last_date, unit)) }}
{%- endmacro %}
{% macro duckdb__date_series(first_date, last_date, unit) -%}
    cast(unnest(generate_series({{ first_date }}, {{ last_date }}, interval 1 {{ unit }})) as date)
{%- endmacro %}
{% macro spark__date_series(first_date, last_date, unit) -%}
    explode(sequence({{ first_date }}, {{ last_date }}, interval 1 {{ unit }}))
{%- endmacro %}

{% macro explode_array(array) -%}
    {{ return(adapter.dispatch('explode_array')(array)) }}
{%- endmacro %}
{% macro duckdb__explode_array(array) -%}
    unnest({{ array }})
{%- endmacro %}
{% macro spark__explode_array(array) -%}
    explode({{ array }})
{%- endmacro %}
