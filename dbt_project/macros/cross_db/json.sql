{#- Text at a top-level member of a JSON text; null when absent or JSON null. -#}
{% macro json_text(json, member) -%}
    {{ return(adapter.dispatch('json_text')(json, member)) }}
{%- endmacro %}
{% macro duckdb__json_text(json, member) -%}
    json_extract_string({{ json }}, '$.{{ member }}')
{%- endmacro %}
{% macro spark__json_text(json, member) -%}
    get_json_object({{ json }}, '$.{{ member }}')
{%- endmacro %}
