{% macro json_text(json, member) -%}
    {{ return(adapter.dispatch('json_text')(json, member)) }}
{%- endmacro %}
{% macro duckdb__json_text(json, member) -%}
    json_extract_string({{ json }}, '$.{{ member }}')
{%- endmacro %}
{% macro spark__json_text(json, member) -%}
    get_json_object({{ json }}, '$.{{ member }}')
{%- endmacro %}

{% macro json_named(json, name) -%}
    {{ return(adapter.dispatch('json_named')(json, name)) }}
{%- endmacro %}
{% macro duckdb__json_named(json, name) -%}
    json_extract_string({{ json }}, '$."{{ name }}"')
{%- endmacro %}
{% macro spark__json_named(json, name) -%}
    get_json_object({{ json }}, '$.{{ name }}')
{%- endmacro %}

{% macro each_json_element(json, element, position) -%}
    {{ return(adapter.dispatch('each_json_element')(json, element, position)) }}
{%- endmacro %}
{% macro duckdb__each_json_element(json, element, position) -%}
    cross join unnest(cast({{ json }} as json[])) with ordinality as elements({{ element }}, {{ position }})
{%- endmacro %}
{% macro spark__each_json_element(json, element, position) -%}
    lateral view inline(
        transform(from_json({{ json }}, 'array<string>'), (value, place) -> named_struct('place', place + 1, 'value', value))
    ) elements as {{ position }}, {{ element }}
{%- endmacro %}

{% macro json_value_of_id(json, id, named_by='id') -%}
    {{ return(adapter.dispatch('json_value_of_id')(json, id, named_by)) }}
{%- endmacro %}
{% macro duckdb__json_value_of_id(json, id, named_by) -%}
    list_extract(list_filter(
        from_json({{ json }}, '[{"{{ named_by }}":"VARCHAR","value":"VARCHAR"}]'), lambda field: field.{{ named_by }} = '{{ id }}'
    ), 1).value
{%- endmacro %}
{% macro spark__json_value_of_id(json, id, named_by) -%}
    get(
        filter(from_json({{ json }}, 'array<struct<{{ named_by }}: string, value: string>>'), field -> field.{{ named_by }} = '{{ id }}').value, 0
    )
{%- endmacro %}

{% macro json_greatest(json, path) -%}
    {{ return(adapter.dispatch('json_greatest')(json, path)) }}
{%- endmacro %}
{% macro duckdb__json_greatest(json, path) -%}
    list_max(try_cast(json_extract_string({{ json }}, '$.{{ path }}') as integer[]))
{%- endmacro %}
{% macro spark__json_greatest(json, path) -%}
    array_max(from_json(get_json_object({{ json }}, '$.{{ path }}'), 'array<int>'))
{%- endmacro %}

{% macro json_instant(json, member) -%}
    {{ return(adapter.dispatch('json_instant')(json, member)) }}
{%- endmacro %}
{% macro duckdb__json_instant(json, member) -%}
    try_cast(json_extract_string({{ json }}, '$.{{ member }}') as timestamptz)
{%- endmacro %}
{% macro spark__json_instant(json, member) -%}
    try_cast(get_json_object({{ json }}, '$.{{ member }}') as timestamp)
{%- endmacro %}
