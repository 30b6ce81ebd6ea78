{% macro far_future() -%}
    cast('9999-01-01' as date)
{%- endmacro %}
