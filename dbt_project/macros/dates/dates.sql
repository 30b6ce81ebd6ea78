{% macro as_of_date() -%}
    cast('{{ var("as_of_date") }}' as date)
{%- endmacro %}

{% macro as_of_end() -%}
    {{ return(day_end(var('as_of_date'))) }}
{%- endmacro %}

{% macro day_end(date_text) -%}
    {{ return(local_midnight("cast('" ~ date_text ~ "' as date) + 1")) }}
{%- endmacro %}

{% macro local_date(instant) -%}
    cast({{ local_time(instant) }} as date)
{%- endmacro %}

{% macro first_calendar_day() -%}
    cast('2000-01-01' as date)
{%- endmacro %}

{% macro history_start() -%}
    {{ add_months(month_of(as_of_date()), -24) }}
{%- endmacro %}

{% macro add_months(date_expression, months) -%}
    cast({{ dbt.dateadd('month', months, date_expression) }} as date)
{%- endmacro %}

{% macro calendar_months(first_date, last_date) -%}
    12 * (extract(year from {{ last_date }}) - extract(year from {{ first_date }}))
        + extract(month from {{ last_date }}) - extract(month from {{ first_date }})
{%- endmacro %}

{% macro month_of(date_expression) -%}
    cast(date_trunc('month', {{ date_expression }}) as date)
{%- endmacro %}

{% macro week_end_of(date_expression) -%}
    (cast(date_trunc('week', {{ date_expression }}) as date) + 6)
{%- endmacro %}

{% macro last_week_end(date_expression=none) -%}
    (cast(date_trunc('week', {{ date_expression or as_of_date() }} + 1) as date) - 1)
{%- endmacro %}

{#- The week of the first day that a date may be is the first: the calendar of dim_date begins later. -#}
{% macro complete_weeks() -%}
    select
        {{ date_series(
            week_end_of("cast('" ~ var('first_date_year') ~ "-01-01' as date)"), last_week_end(), 'week'
        ) }} as week_end
{%- endmacro %}
