{#- "" is HubSpot's way to say unset. -#}
{% macro hubspot_property(name, properties='properties') -%}
    nullif({{ json_text(properties, name) }}, '')
{%- endmacro %}
