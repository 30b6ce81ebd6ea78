{#- Keys of a raw table that the last build has not seen as they are: loaded since, or then still in the future. Without a
    cursor it is an entity of dropped files, visible from the end of its date on. -#}
{% macro loaded_since(raw_table, key, cursor=none) -%}
    select {{ key }} from {{ source('raw', raw_table) }}
    where _load_id > {{ var('since_load_id') }}
    {%- if var('since_as_of_date') and cursor %} or {{ cursor }} >= {{ last_build_end() }}
    {%- elif var('since_as_of_date') %} or {{ drop_date() }} > '{{ var("since_as_of_date") }}'
    {%- endif -%}
{%- endmacro %}

{#- Whether a raw row is a version of such a key; none is in a full build, which has no need to know. -#}
{% macro is_read_again(raw_table, key, cursor=none) -%}
    {{ is_later_build() }} and {{ key }} in ({{ loaded_since(raw_table, key, cursor) }})
{%- endmacro %}
{% macro is_later_build() -%}
    {{ 'true' if var('since_as_of_date') else 'false' }}
{%- endmacro %}

{#- The business date of the build before, and the first instant after it; of a full build its own. -#}
{% macro last_build_date() -%}
    cast('{{ var("since_as_of_date") or var("as_of_date") }}' as date)
{%- endmacro %}
{% macro last_build_end() -%}
    {{ day_end(var('since_as_of_date') or var('as_of_date')) }}
{%- endmacro %}
