{% macro entity_select(entity, held=none, renamed={}) %}
    {%- for column, reads_as in entity_columns(entity).items() %}
        {%- if column in renamed %}
        {{ renamed[column] }} as {{ column }},
        {%- elif held is none or column in held %}
        {{ column }},
        {%- else %}
        cast(null as {{ sql_type(reads_as) }}) as {{ column }},
        {%- endif %}
    {%- endfor %}
        {{ renamed['_build_id'] ~ ' as ' if '_build_id' in renamed }}_build_id
{%- endmacro %}
