{#- Stands for the end of an evergreen line in comparisons. -#}
{% macro far_future() -%}
    cast('9999-01-01' as date)
{%- endmacro %}
