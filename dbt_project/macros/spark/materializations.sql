{% materialization incremental, adapter='spark' %}
    {%- set existing = load_cached_relation(this) -%}
    {%- if existing is none or existing.is_view or should_full_refresh() -%}
        {%- call statement('main') -%} {{ create_table_as(false, this, compiled_code) }} {%- endcall -%}
    {%- else -%}
        {%- set new_rows = this.incorporate(path={'identifier': this.identifier ~ '__new'}) -%}
        {%- call statement('new_rows') -%} {{ create_table_as(false, new_rows, compiled_code) }} {%- endcall -%}
        {%- set columns = process_schema_changes(config.get('on_schema_change'), new_rows, existing)
            or adapter.get_columns_in_relation(existing) -%}
        {%- set arguments = {
            'target_relation': this, 'temp_relation': new_rows, 'dest_columns': columns, 'unique_key': config.get('unique_key'),
        } -%}
        {%- call statement('main') -%} {{ get_incremental_replace_keys_sql(arguments) }} {%- endcall -%}
        {%- call statement('dropped') -%} drop table {{ new_rows }} purge {%- endcall -%}
    {%- endif -%}
    {{ return({'relations': [this.incorporate(type='table')]}) }}
{% endmaterialization %}

{# Spark copies a view's plan into each of its readers', and plans of plans take longer than their rows. #}
{% materialization view, adapter='spark' %}
    {%- call statement('main') -%} {{ create_table_as(false, this, compiled_code) }} {%- endcall -%}
    {{ return({'relations': [this.incorporate(type='table')]}) }}
{% endmaterialization %}

{% macro spark__list_relations_without_caching(relation) %}
    {%- call statement('tables', fetch_result=true) -%} show tables in {{ relation.schema }} {%- endcall -%}
    {%- call statement('views', fetch_result=true) -%} show views in {{ relation.schema }} {%- endcall -%}
    {%- set rows = [] -%}
    {%- for kind, said in [('tables', 'Provider: iceberg'), ('views', 'Type: VIEW')] -%}
        {%- for row in load_result(kind).table.rows -%}
            {%- do rows.append([row[0], row[1], row[2], said]) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(rows) }}
{% endmacro %}

{# A contract's types are DuckDB's: they are compared and set where the tables become its file (pipeline/spark/fetch.py). #}
{% macro spark__get_assert_columns_equivalent(sql) %}{% endmacro %}

{% macro spark__create_csv_table(model, agate_table) %}
    {%- set columns = [] -%}
    {%- for name in agate_table.column_names -%}
        {%- do columns.append(name ~ ' ' ~ spark__seed_type(agate_table, name)) -%}
    {%- endfor -%}
    {%- set sql = 'create or replace table ' ~ this ~ ' (' ~ columns | join(', ') ~ ') using iceberg' -%}
    {%- call statement('_') -%} {{ sql }} {%- endcall -%}
    {{ return(sql) }}
{% endmacro %}

{% macro spark__reset_csv_table(model, full_refresh, old_relation, agate_table) %}
    {{ return(create_csv_table(model, agate_table)) }}
{% endmacro %}

{% macro spark__load_csv_rows(model, agate_table) %}
    {%- for chunk in agate_table.rows | batch(1000) -%}
        {%- set rows = [] -%}
        {%- for row in chunk -%}
            {%- set values = [] -%}
            {%- for name in agate_table.column_names -%}
                {%- set value = 'null' if row[name] is none else "'" ~ (row[name] | string | replace("\\", "\\\\") | replace("'", "\\'")) ~ "'" -%}
                {%- do values.append('cast(' ~ value ~ ' as ' ~ spark__seed_type(agate_table, name) ~ ')') -%}
            {%- endfor -%}
            {%- do rows.append('(' ~ values | join(', ') ~ ')') -%}
        {%- endfor -%}
        {%- do adapter.add_query('insert into ' ~ this ~ ' values ' ~ rows | join(', '), abridge_sql_log=true) -%}
    {%- endfor -%}
    {{ return('') }}
{% endmacro %}

{% macro spark__seed_type(agate_table, name) -%}
    {%- set given = model.config.get('column_types', {}).get(name) -%}
    {%- set types = {'text': 'string', 'varchar': 'string', 'smallint': 'int'} -%}
    {{ return(types.get(given, given) or adapter.convert_type(agate_table, agate_table.column_names.index(name))) }}
{%- endmacro %}
