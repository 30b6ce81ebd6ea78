{% macro day_end(date_text) -%}
    {{ return(adapter.dispatch('local_midnight')("cast('" ~ date_text ~ "' as date) + 1")) }}
{%- endmacro %}

{% macro as_of_end() -%}
    {{ return(day_end(var('as_of_date'))) }}
{%- endmacro %}

{% macro local_midnight(date_expression) -%}
    {{ return(adapter.dispatch('local_midnight')(date_expression)) }}
{%- endmacro %}
{% macro duckdb__local_midnight(date_expression) -%}
    (cast({{ date_expression }} as timestamp) at time zone '{{ var("timezone") }}')
{%- endmacro %}
{% macro spark__local_midnight(date_expression) -%}
    to_utc_timestamp(cast({{ date_expression }} as timestamp), '{{ var("timezone") }}')
{%- endmacro %}

{% macro local_time(instant) -%}
    {{ return(adapter.dispatch('local_time')(instant)) }}
{%- endmacro %}
{% macro duckdb__local_time(instant) -%}
    ({{ instant }} at time zone '{{ var("timezone") }}')
{%- endmacro %}
{% macro spark__local_time(instant) -%}
    from_utc_timestamp({{ instant }}, '{{ var("timezone") }}')
{%- endmacro %}

{% macro local_date(instant) -%}
    cast({{ local_time(instant) }} as date)
{%- endmacro %}

{% macro as_of_date() -%}
    cast('{{ var("as_of_date") }}' as date)
{%- endmacro %}

{% macro add_months(date_expression, months) -%}
    cast({{ dbt.dateadd('month', months, date_expression) }} as date)
{%- endmacro %}

{% macro month_of(date_expression) -%}
    cast(date_trunc('month', {{ date_expression }}) as date)
{%- endmacro %}
