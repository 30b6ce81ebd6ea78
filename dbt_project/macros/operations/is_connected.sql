{#- Whether an input entity has a feed (DOMAIN.md §0.1 Customers): a connected vendor offers its object, so that it was
    loaded at least once, with or without records; else a file of it has rows. -#}
{% macro is_connected(entity, vendor=none, object=none) -%}
    {%- set dropped = ref('stg_files__' ~ entity) -%}
    {%- set feeds = [] -%}
    {%- if vendor in var('systems') -%}
        {%- do feeds.append(
            "(select count(*) > 0 from " ~ source('ops', 'loads') ~ " where source = '" ~ vendor ~ "' and object = '"
            ~ object ~ "' and business_date <= " ~ as_of_date() ~ ")"
        ) -%}
    {%- endif -%}
    {%- if 'files' in var('systems') -%} {%- do feeds.append("(select count(*) > 0 from " ~ dropped ~ ")") -%} {%- endif -%}
    ({{ feeds | join(' or ') or 'false' }})
{%- endmacro %}
