{#- The select list of one supplier of an entity: columns it holds under the entity's own name (`same`; all of them
    for a file), columns it holds as another expression, and typed nulls for the rest.
    `alias` qualifies the plain columns where a join makes them ambiguous. -#}
{% macro entity_select(entity, same=none, expressions={}, alias=none) %}
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
        {{ prefix }}_build_id
{%- endmacro %}
