{#- Dropped files. An entity with a key: the latest drop of a key wins (drop date, then extraction, then row).
    An event feed has no key: every row of the latest content of each file counts, equal rows too. -#}
{% macro latest_drop(entity, key=none) %}
    {%- set unit = drop_unit(key) %}
    select * from {{ source('raw', 'files__' ~ entity) }}
    {%- if is_incremental() %}
    where {{ unit }} in ({{ changed_drops(entity, key) }})
    {%- endif %}
    {%- if key %}
    qualify row_number() over (
        partition by {{ unit }}
        order by split_part(_source_file, '/', 2) desc, _extracted_at desc, _source_file desc, _row desc
    ) = 1
    {%- else %}
    qualify _load_id = max(_load_id) over (partition by _source_file)
    {%- endif %}
{% endmacro %}

{#- What a later drop replaces: the row of a key (as read_text trims it), or a whole file. -#}
{% macro drop_unit(key) -%}
    {{ return("trim(" ~ key ~ ")" if key else "_source_file") }}
{%- endmacro %}

{% macro changed_drops(entity, key=none) %}
    select {{ drop_unit(key) }} from {{ source('raw', 'files__' ~ entity) }}
    where _load_id > {{ var('since_load_id') }}
{% endmacro %}

{#- pre_hook of a staging model over dropped files. -#}
{% macro forget_changed_drops(entity, key=none) %}
    {%- if is_incremental() -%}
    delete from {{ this }} where {{ key or '_source_file' }} in ({{ changed_drops(entity, key) }})
    {%- endif -%}
{% endmacro %}

{#- A staging model over dropped files: the entity's columns typed, and the file they came in. -#}
{% macro typed_drop(entity, key=none) %}
with drops as (

    {{ latest_drop(entity, key) }}

)

select
    {%- for column, type in entity_columns(entity).items() %}
    {{ read_text(column, type) }} as {{ column }},
    {%- endfor %}
    _source_file,
    _row,
    {{ var('build_id') }} as _build_id
from drops
{% endmacro %}
