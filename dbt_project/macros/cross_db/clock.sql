{#- Whole seconds from one instant to another. -#}
{% macro seconds_between(from_instant, to_instant) -%}
    {{ return(adapter.dispatch('seconds_between')(from_instant, to_instant)) }}
{%- endmacro %}
{% macro duckdb__seconds_between(from_instant, to_instant) -%}
    date_diff('second', {{ from_instant }}, {{ to_instant }})
{%- endmacro %}
{% macro spark__seconds_between(from_instant, to_instant) -%}
    (unix_timestamp({{ to_instant }}) - unix_timestamp({{ from_instant }}))
{%- endmacro %}

{#- Seconds of a wall-clock time since midnight. -#}
{% macro seconds_of_day(local_timestamp) -%}
    (hour({{ local_timestamp }}) * 3600 + minute({{ local_timestamp }}) * 60 + second({{ local_timestamp }}))
{%- endmacro %}
