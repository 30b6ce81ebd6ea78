{#- Columns of every input entity that a source can supply, in order (DOMAIN.md §4 and §0.1; one macro an area), and
    their types in the words of sql_type. Drives the reading of dropped files and the select list of each supplier. -#}
{% macro entity_columns(entity) %}
    {%- set areas = {
        'crm': crm_columns, 'sfa': sfa_columns, 'ma': ma_columns, 'support': support_columns,
        'success': success_columns, 'product': product_columns, 'process': process_columns,
    } -%}
    {{ return(areas[entity.split('__')[0]]()[entity]) }}
{% endmacro %}
