{#- Support time (§2.8): seconds of business hours from the beginning of the calendar up to an instant. -#}
{% macro support_position(instant, day) -%}
    {{ day }}.support_seconds_before + case
        when {{ day }}.is_support_day then least(
            greatest({{ seconds_of_day(local_time(instant)) }} - {{ clock_seconds(var('business_hours').start) }}, 0),
            {{ support_day_seconds() }}
        )
        else 0
    end
{%- endmacro %}

{#- Whole minutes between two instants, on the calendar and within business hours. -#}
{% macro minutes_between(from_instant, to_instant) -%}
    cast({{ integer_divide(seconds_between(from_instant, to_instant), 60) }} as integer)
{%- endmacro %}

{% macro support_minutes_between(from_instant, from_day, to_instant, to_day) -%}
    cast({{ integer_divide(
        support_position(to_instant, to_day) ~ ' - (' ~ support_position(from_instant, from_day) ~ ')', 60
    ) }} as integer)
{%- endmacro %}

{#- Length of a support day, and a clock time, in seconds; computed when compiling. -#}
{% macro support_day_seconds() -%}
    {{ return(clock_seconds(var('business_hours').end) - clock_seconds(var('business_hours').start)) }}
{%- endmacro %}
{% macro clock_seconds(clock) -%}
    {%- set parts = clock.split(':') -%}
    {{ return(parts[0] | int * 3600 + parts[1] | int * 60) }}
{%- endmacro %}
