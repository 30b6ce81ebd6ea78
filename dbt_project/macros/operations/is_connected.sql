{#- Whether an input entity has a feed: the vendor that supplies it is connected, else a file of it has rows (§0.1). -#}
{% macro is_connected(entity, vendor=none) -%}
    {%- set dropped = ref('stg_files__' ~ entity) -%}
    {%- if vendor in var('systems') -%} true
    {%- elif 'files' in var('systems') -%} (select count(*) > 0 from {{ dropped }})
    {%- else -%} false
    {%- endif -%}
{%- endmacro %}
