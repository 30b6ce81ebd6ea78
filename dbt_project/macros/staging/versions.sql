{#- Versions of records in the raw tables; keys, cursors and columns are those of the catalogue and the contracts. -#}

{% macro current_records(table, keep_deleted=false, key=none) %}
    {%- set raw = raw_table(table) %}
    select
    {%- for column, reads_as in raw.columns.items() %}
        {% if reads_as %}{{ read_text(column, reads_as) }} as {% endif %}{{ column }},
    {%- endfor %}
    {%- if keep_deleted %}
        _is_deleted,
    {%- endif %}
        _source_file,
        _row
    from (
        {{ newest_rows(table, key) }}
    ) as newest
    {%- if not keep_deleted %}
    where not _is_deleted
    {%- endif %}
{% endmacro %}

{% macro newest_rows(table, key=none) %}
    {%- set key = key or record_key(table) %}
    {%- set has_key = raw_table(table).key %}
    {%- set comes_in_files = table.startswith('files__') and has_key %}
        select * from {% if comes_in_files %}(
        select * from {% endif %}{{ source('raw', table) }}
        where {{ is_in_view(table, var('as_of_date')) }}
          and {{ is_touched(key, loaded_since(table, key)) }}
        {%- if comes_in_files %}
        {#- a file that came again without a key no longer speaks of it, another one may; of a drop (no file) it is the last word #}
        qualify split_part(_source_file, '/', 3) = '' or not first_value(_is_deleted) over (
            partition by {{ key }}, _source_file order by _extracted_at desc, _row desc
        )
        ) as standing
        {%- endif %}
        {%- if has_key %}
        qualify row_number() over (
            partition by {{ key }}
            order by {{ version_time(table) }} desc, _extracted_at desc, _source_file desc nulls last, _row desc
        ) = 1
        {%- else %}
        qualify _load_id = max(_load_id) over (partition by _source_file)
        {%- endif %}
{% endmacro %}

{% macro record_versions(table, keep_deleted=false) %}
    {%- set raw = raw_table(table) %}
    select
    {%- for column, reads_as in raw.columns.items() %}
        {% if reads_as %}{{ read_text(column, reads_as) }} as {% endif %}{{ column }},
    {%- endfor %}
        {{ version_time(table) }} as _version_time
    from (
        select * from {{ source('raw', table) }}
        where {{ is_in_view(table, var('as_of_date')) }}
        qualify row_number() over (
            partition by {{ record_key(table) }}, {{ version_time(table) }}
            order by _extracted_at desc, _source_file desc nulls last, _row desc
        ) = 1
    ) as versions
    {%- if not keep_deleted %}
    where not _is_deleted
    {%- endif %}
{% endmacro %}

{% macro loaded_since(table, key=none) %}
    select {{ key or record_key(table) }} from {{ source('raw', table) }}
    where _load_id > {{ var('since_load_id') }}
    {%- if var('loads_ahead') %}
        or _load_id in ({{ var('loads_ahead') | join(', ') }}) and not {{ is_in_view(table, var('since_as_of_date')) }}
    {%- endif %}
{% endmacro %}

{% macro record_key(table) -%}
    {%- set raw = raw_table(table) -%}
    {%- if not raw.key -%} _source_file
    {%- elif raw.entity -%} {{ read_text(raw.key[0], raw.columns[raw.key[0]]) }}
    {%- else -%} {{ raw.key | join(" || '|' || ") }}
    {%- endif -%}
{%- endmacro %}

{% macro version_time(table) -%}
    {%- set raw = raw_table(table) -%}
    {%- if table.startswith('files__') -%}
    replace(replace(replace(split_part(_source_file, '/', 2), '-', ''), '_', ''), '.', '')
    {%- elif raw.cursor -%} {{ read_text(raw.cursor, raw.cursor_reads_as) }}
    {%- else -%} _extracted_at
    {%- endif -%}
{%- endmacro %}

{% macro is_in_view(table, date_text) -%}
    {%- if table.startswith('files__') -%} left({{ version_time(table) }}, 8) <= replace('{{ date_text }}', '-', '')
    {%- else -%} {{ version_time(table) }} < {{ day_end(date_text) }}
    {%- endif -%}
{%- endmacro %}

{% macro first_view_day(table) -%}
    {%- if table.startswith('files__') -%} left({{ version_time(table) }}, 8)
    {%- else -%}
    {%- set day = local_date(version_time(table)) -%}
    replace(cast({{ day }} as {{ dbt.type_string() }}), '-', '')
    {%- endif -%}
{%- endmacro %}
