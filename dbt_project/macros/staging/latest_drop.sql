{#- Dropped files. An entity with a key: the latest drop of a key wins (drop date, then extraction, then row).
    An event feed has no key: every row of the latest content of each file counts, equal rows too; a content without
    rows has landed as one deleted row. A file is visible from the end of its date on. -#}
{% macro latest_drop(entity, key=none) %}
    {%- set unit = drop_unit(key) %}
    select * from {{ source('raw', 'files__' ~ entity) }}
    where {{ drop_date() }} <= '{{ var('as_of_date') }}'
    {%- if is_incremental() %}
        and {{ unit }} in ({{ changed_drops(entity, key) }})
    {%- endif %}
    {%- if key %}
    qualify row_number() over (
        partition by {{ unit }}
        order by {{ drop_date() }} desc, _extracted_at desc, _source_file desc, _row desc
    ) = 1
    {%- else %}
    qualify _load_id = max(_load_id) over (partition by _source_file) and not _is_deleted
    {%- endif %}
{% endmacro %}

{#- The business date (ISO text) that a file's folder is named after. -#}
{% macro drop_date() -%}
    split_part(_source_file, '/', 2)
{%- endmacro %}

{#- What a later drop replaces: the row of a key (as read_text trims it), or a whole file. -#}
{% macro drop_unit(key) -%}
    {{ return("trim(" ~ key ~ ")" if key else "_source_file") }}
{%- endmacro %}

{#- What the last finished build has not seen: loaded since, or then of a date to come. -#}
{% macro changed_drops(entity, key=none) %}
    select {{ drop_unit(key) }} from {{ source('raw', 'files__' ~ entity) }}
    where _load_id > {{ var('since_load_id') }}
    {%- if var('since_as_of_date') %} or {{ drop_date() }} > '{{ var('since_as_of_date') }}'{% endif %}
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
