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

{% macro count_distinct_where(value, condition) -%}
    {{ return(adapter.dispatch('count_distinct_where')(value, condition)) }}
{%- endmacro %}
{% macro duckdb__count_distinct_where(value, condition) -%}
    coalesce(list_unique(list({{ value }}) filter (where {{ condition }})), 0)
{%- endmacro %}
{% macro spark__count_distinct_where(value, condition) -%}
    count(distinct {{ value }}) filter (where {{ condition }})
{%- endmacro %}
