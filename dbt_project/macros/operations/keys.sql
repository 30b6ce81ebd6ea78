{#- Keys that more than one row has: of those this build has touched or, if `checks_all_keys`, of all. -#}
{% macro duplicate_keys(model, columns, build_column=none, touched_keys=none, touched_columns=none) %}
{%- set key = columns | join(', ') %}
{%- set touched = (touched_columns or columns) | join(', ') %}
select {{ key }}, count(*) as row_count
from {{ model }}
{%- if var('checks_all_keys') %}
{%- elif build_column %}
where ({{ key }}) in (select {{ key }} from {{ model }} where {{ build_column }} = {{ var('build_id') }})
{%- elif touched_keys %}
where ({{ touched }}) in (select {{ touched }} from {{ touched_keys }})
{%- endif %}
group by {{ key }}
having count(*) > 1
{%- endmacro %}

{% macro check_unique_keys(results) -%}
    {%- if execute and flags.WHICH == 'build' -%}
        {%- set made, left, ran, queries = [], [], [], [] -%}
        {%- for result in results -%}
            {%- do ran.append(result.node.unique_id) -%}
            {%- do (made if result.status in ('success', 'pass') else left).append(result.node.unique_id) -%}
        {%- endfor -%}
        {%- set doubled = [] -%}
        {%- for test in graph.nodes.values()
            if test.resource_type == 'test' and (test.test_metadata or {}).name == 'unique_key' and test.unique_id not in ran
                and test.attached_node not in left and (test.attached_node in made or 'due' in test.tags) -%}
            {%- set model = graph.nodes[test.attached_node] -%}
            {%- set given = test.test_metadata.kwargs -%}
            {%- set touched = [] -%}
            {%- for parent in test.depends_on.nodes if given.touched_keys and parent != test.attached_node -%}
                {%- do touched.append(graph.nodes[parent].relation_name) -%}
            {%- endfor -%}
            {%- set name = model.name ~ ' (' ~ given['columns'] | join(', ') ~ ')' -%}
            {%- set query = duplicate_keys(model.relation_name, given['columns'], given.build_column, touched | first, given.touched_columns) -%}
            {%- do queries.append('select ' ~ dbt.string_literal(name) ~ ' as name, count(*) as found from (' ~ query ~ ') as doubled') -%}
        {%- endfor -%}
        {%- for some in queries | batch(keys_at_once()) -%}
            {%- for row in run_query(some | join(' union all ')).rows if row[1] > 0 -%}
                {%- do doubled.append(row[0] ~ ': ' ~ row[1]) -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- if doubled -%}
            select {{ fail_with('keys that more than one row has: ' ~ doubled | join('; ')) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{#- How many tables a statement looks at: DuckDB would hold the keys of all of them, Spark plans each statement anew. -#}
{% macro keys_at_once() -%}
    {{ return(adapter.dispatch('keys_at_once')()) }}
{%- endmacro %}
{% macro duckdb__keys_at_once() -%}
    {{ return(1) }}
{%- endmacro %}
{% macro spark__keys_at_once() -%}
    {{ return(20) }}
{%- endmacro %}

{% macro fail_with(message) -%}
    {{ return(adapter.dispatch('fail_with')(message)) }}
{%- endmacro %}
{% macro duckdb__fail_with(message) -%}
    error({{ dbt.string_literal(message) }})
{%- endmacro %}
{% macro spark__fail_with(message) -%}
    raise_error({{ dbt.string_literal(message) }})
{%- endmacro %}
