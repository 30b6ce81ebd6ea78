{% macro get_incremental_replace_keys_sql(arguments) -%}
    {{ return(adapter.dispatch('get_incremental_replace_keys_sql')(arguments)) }}
{%- endmacro %}
{% macro duckdb__get_incremental_replace_keys_sql(arguments) -%}
    {%- set target, rows, replaced = arguments.target_relation, arguments.temp_relation, replaced_rows(arguments) -%}
    {%- set columns = arguments.dest_columns | map(attribute='quoted') | join(', ') -%}
    {%- set keys = model.constraints | selectattr('type', 'equalto', 'primary_key') | map(attribute='columns') | list -%}
    {%- if keys and not config.get('meta', {}).get('is_clustered') -%}
    {#- rows that stay as they are stay where they are: a key costs more to write anew than to compare -#}
    {%- set key = keys[0] | join(', ') -%}
    delete from {{ target }}
    where ({{ replaced }}) and ({{ key }}) not in (
        select {{ key }} from (select {{ columns }} from {{ target }} intersect select {{ columns }} from {{ rows }}) as same
    );
    insert into {{ target }} ({{ columns }})
    select {{ columns }} from {{ rows }}
    except all
    select {{ columns }} from {{ target }} where {{ replaced }}
    {%- else -%}
    delete from {{ target }} where {{ replaced }};
    {{ get_insert_into_sql(target, rows, arguments.dest_columns) }}
    {%- endif -%}
{%- endmacro %}
{% macro spark__get_incremental_replace_keys_sql(arguments) -%}
    {%- do run_query('delete from ' ~ arguments.target_relation ~ ' where ' ~ replaced_rows(arguments)) -%}
    {%- set columns = arguments.dest_columns | map(attribute='name') | join(', ') -%}
    insert into {{ arguments.target_relation }} ({{ columns }}) select {{ columns }} from {{ arguments.temp_relation }}
{%- endmacro %}

{% macro replaced_rows(arguments) -%}
    {%- set touched = config.get('meta', {}).get('touched', {}) -%}
    {%- set conditions = [] -%}
    {%- for key, query in touched.items() -%}
        {%- do conditions.append(key ~ " in (" ~ render(query) ~ ")") -%}
    {%- endfor -%}
    {%- if not conditions -%}
        {%- set key = arguments.unique_key if arguments.unique_key is string else arguments.unique_key | join(', ') -%}
        {%- do conditions.append("(" ~ key ~ ") in (select " ~ key ~ " from " ~ arguments.temp_relation ~ ")") -%}
    {%- endif -%}
    {{ conditions | join(' or ') }}
{%- endmacro %}

{% macro is_touched(key, query) -%}
    {%- if is_incremental() -%} {{ key }} in ({{ query }}) {%- else -%} true {%- endif -%}
{%- endmacro %}
