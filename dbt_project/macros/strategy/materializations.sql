{% materialization table, adapter='duckdb' %}
    {{ return(made_in_place('table', create_table_as(false, this.incorporate(type='table'), compiled_code))) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {{ return(made_in_place('view', get_create_view_as_sql(this.incorporate(type='view'), compiled_code))) }}
{% endmaterialization %}

{% macro made_in_place(type, sql) %}
    {%- set existing = load_cached_relation(this) -%}
    {%- call statement('main') -%}
        {%- if existing is not none %} drop {{ existing.type }} {{ existing }} cascade; {% endif -%}
        {{ sql }}
    {%- endcall -%}
    {%- do adapter.commit() -%}
    {{ return({'relations': [this.incorporate(type=type)]}) }}
{% endmacro %}
