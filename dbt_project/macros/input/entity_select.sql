{#- The select list of one supplier of an entity: columns it holds under the entity's own name (`same`; all of them
    for a file), columns it holds as another expression, and typed nulls for the rest. Where several tables are joined,
    `alias` qualifies the plain columns and `build_id` is the latest build of them all. -#}
{% macro entity_select(entity, same=none, expressions={}, alias=none, build_id=none) %}
    {%- set prefix = alias ~ '.' if alias else '' %}
    {%- for column, type in entity_columns(entity).items() %}
        {%- if column in expressions %}
        {{ expressions[column] }} as {{ column }},
        {%- elif same is none or column in same %}
        {{ prefix }}{{ column }},
        {%- else %}
        cast(null as {{ sql_type(type) }}) as {{ column }},
        {%- endif %}
    {%- endfor %}
        {{ build_id or prefix ~ '_build_id' }} as _build_id
{%- endmacro %}
