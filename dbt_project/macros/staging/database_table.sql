{#- A staging model over a table of the company's own database: the entity's columns typed, current rows. -#}
{% macro typed_table(entity, key, cursor) %}
with rows_now as (

    {{ latest_version('database__' ~ entity, key, to_instant(cursor)) }}

)

select
    {{ key }} as _key,
    {%- for column, type in entity_columns(entity).items() %}
    {{ read_text(column, type) }} as {{ column }},
    {%- endfor %}
    {{ var('build_id') }} as _build_id
from rows_now
{% endmacro %}
