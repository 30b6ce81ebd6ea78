{#- The one incremental strategy: the rows of touched keys are replaced, in one transaction. A key that has no rows any
    more goes, since it is touched but not among the new rows. `meta: {touched: {key: query}}` names the keys, a column
    or `(several, columns)`, and the query of those touched; it is rendered when the model runs, so that it may call
    ref() and macros. Several keys: rows with any of them are replaced. Without it the keys of the new rows are. -#}
{% macro get_incremental_replace_keys_sql(arguments) -%}
    {{ return(adapter.dispatch('get_incremental_replace_keys_sql')(arguments)) }}
{%- endmacro %}
{% macro duckdb__get_incremental_replace_keys_sql(arguments) -%}
    {{ delete_replaced(arguments) }};
    {{ get_insert_into_sql(arguments.target_relation, arguments.temp_relation, arguments.dest_columns) }}
{%- endmacro %}
{#- Spark runs one statement at a time: a build that dies between the two is followed by a full one. -#}
{% macro spark__get_incremental_replace_keys_sql(arguments) -%}
    {%- do run_query(delete_replaced(arguments)) -%}
    {{ get_insert_into_sql(arguments.target_relation, arguments.temp_relation, arguments.dest_columns) }}
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

{#- Whether a row is built: in a full build every one, later those with a touched key. -#}
{% macro is_touched(key, query) -%}
    {%- if is_incremental() -%} {{ key }} in ({{ query }}) {%- else -%} true {%- endif -%}
{%- endmacro %}
