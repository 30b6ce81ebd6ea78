{#- md5 over the hashes of a group's rows, whatever order the rows come in. -#}
{% macro group_hash(row_hash) -%}
    {{ return(adapter.dispatch('group_hash')(row_hash)) }}
{%- endmacro %}
{% macro duckdb__group_hash(row_hash) -%}
    md5(string_agg({{ row_hash }}, '' order by {{ row_hash }}))
{%- endmacro %}
{% macro spark__group_hash(row_hash) -%}
    md5(array_join(array_sort(collect_list({{ row_hash }})), ''))
{%- endmacro %}
