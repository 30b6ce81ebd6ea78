{#- Business dates are days in the tenant's time zone; instants are timestamptz in UTC. -#}

{% macro day_end(date_text) -%}
    {{ return(adapter.dispatch('local_midnight')("cast('" ~ date_text ~ "' as date) + 1")) }}
{%- endmacro %}

{#- First instant after the business date. -#}
{% macro as_of_end() -%}
    {{ return(day_end(var('as_of_date'))) }}
{%- endmacro %}

{#- Instant at which a local calendar day begins. -#}
{% macro local_midnight(date_expression) -%}
    {{ return(adapter.dispatch('local_midnight')(date_expression)) }}
{%- endmacro %}
{% macro duckdb__local_midnight(date_expression) -%}
    (cast({{ date_expression }} as timestamp) at time zone '{{ var("timezone") }}')
{%- endmacro %}
{% macro spark__local_midnight(date_expression) -%}
    to_utc_timestamp(cast({{ date_expression }} as timestamp), '{{ var("timezone") }}')
{%- endmacro %}

{#- Wall-clock time of an instant in the tenant's time zone. -#}
{% macro local_time(instant) -%}
    {{ return(adapter.dispatch('local_time')(instant)) }}
{%- endmacro %}
{% macro duckdb__local_time(instant) -%}
    ({{ instant }} at time zone '{{ var("timezone") }}')
{%- endmacro %}
{% macro spark__local_time(instant) -%}
    from_utc_timestamp({{ instant }}, '{{ var("timezone") }}')
{%- endmacro %}

{#- Calendar day of an instant in the tenant's time zone. -#}
{% macro local_date(instant) -%}
    cast({{ local_time(instant) }} as date)
{%- endmacro %}

{#- The business date as a SQL date. -#}
{% macro as_of_date() -%}
    cast('{{ var("as_of_date") }}' as date)
{%- endmacro %}

{#- Vendor text to instant; unreadable text becomes null (the raw contract has quarantined it before). -#}
{% macro to_instant(text) -%}
    try_cast({{ text }} as {{ instant_type() }})
{%- endmacro %}
{% macro instant_type() -%}
    {{ return(adapter.dispatch('instant_type')()) }}
{%- endmacro %}
{% macro duckdb__instant_type() -%}timestamptz{%- endmacro %}
{% macro spark__instant_type() -%}timestamp{%- endmacro %}

{#- Epoch seconds (text or number) to instant. -#}
{% macro epoch_to_instant(seconds) -%}
    {{ return(adapter.dispatch('epoch_to_instant')(seconds)) }}
{%- endmacro %}
{% macro duckdb__epoch_to_instant(seconds) -%}
    to_timestamp(try_cast({{ seconds }} as double))
{%- endmacro %}
{% macro spark__epoch_to_instant(seconds) -%}
    timestamp_seconds(try_cast({{ seconds }} as double))
{%- endmacro %}

{#- Date plus a whole number of months, the day clamped to the month's length. -#}
{% macro add_months(date_expression, months) -%}
    cast({{ dbt.dateadd('month', months, date_expression) }} as date)
{%- endmacro %}

{% macro month_of(date_expression) -%}
    cast(date_trunc('month', {{ date_expression }}) as date)
{%- endmacro %}
