{% macro support_seconds(instant, day) -%}
    {%- set time = local_time(instant) -%}
    {{ day }}.support_seconds_before + least(
        greatest(
            hour({{ time }}) * 3600 + minute({{ time }}) * 60 + second({{ time }}) - {{ day }}.opening_second, 0
        ),
        {{ day }}.support_seconds
    )
{%- endmacro %}
