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
