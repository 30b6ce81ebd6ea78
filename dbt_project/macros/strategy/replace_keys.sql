{% macro get_incremental_replace_keys_sql(arguments) -%}
    {{ return(adapter.dispatch('get_incremental_replace_keys_sql')(arguments)) }}
{%- endmacro %}
{% macro duckdb__get_incremental_replace_keys_sql(arguments) -%}
    {{ delete_replaced(arguments) }};
    {{ get_insert_into_sql(arguments.target_relation, arguments.temp_relation, arguments.dest_columns) }}
{%- endmacro %}
{% macro spark__get_incremental_replace_keys_sql(arguments) -%}
    {%- do run_query(delete_replaced(arguments)) -%}
    {%- set columns = arguments.dest_columns | map(attribute='name') | join(', ') -%}
    insert into {{ arguments.target_relation }} ({{ columns }}) select {{ columns }} from {{ arguments.temp_relation }}
{%- endmacro %}

{% macro delete_replaced(arguments) -%}
    {%- set touched = config.get('meta', {}).get('touched', {}) -%}
    {%- set conditions = [] -%}
    {%- for key, query in touched.items() -%}
        {%- do conditions.append(key ~ " in (" ~ render(query) ~ ")") -%}
    {%- endfor -%}
    {%- if not conditions -%}
        {%- set key = arguments.unique_key if arguments.unique_key is string else arguments.unique_key | join(', ') -%}
        {%- do conditions.append("(" ~ key ~ ") in (select " ~ key ~ " from " ~ arguments.temp_relation ~ ")") -%}
    {%- endif -%}
    delete from {{ arguments.target_relation }} where {{ conditions | join(' or ') }}
{%- endmacro %}

{% macro is_touched(key, query) -%}
    {%- if is_incremental() -%} {{ key }} in ({{ query }}) {%- else -%} true {%- endif -%}
{%- endmacro %}
