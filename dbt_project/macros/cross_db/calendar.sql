{#- ISO 8601: Monday is 1; the week's year is that of its Thursday. -#}

{% macro iso_weekday(date_expression) -%}
    {{ return(adapter.dispatch('iso_weekday')(date_expression)) }}
{%- endmacro %}
{% macro duckdb__iso_weekday(date_expression) -%}
    cast(isodow({{ date_expression }}) as integer)
{%- endmacro %}
{% macro spark__iso_weekday(date_expression) -%}
    (weekday({{ date_expression }}) + 1)
{%- endmacro %}

{#- Text such as 2026-W31. -#}
{% macro iso_week(date_expression) -%}
    {%- set thursday = "(" ~ date_expression ~ " + (4 - " ~ iso_weekday(date_expression) ~ "))" -%}
    year({{ thursday }}) || '-W' || lpad(cast(weekofyear({{ date_expression }}) as varchar), 2, '0')
{%- endmacro %}

{#- Completed years between two dates, such as an age. -#}
{% macro full_years(from_date, to_date) -%}
    (
        year({{ to_date }}) - year({{ from_date }})
        - case
            when month({{ to_date }}) * 100 + day({{ to_date }}) < month({{ from_date }}) * 100 + day({{ from_date }})
                then 1 else 0
        end
    )
{%- endmacro %}
