{% macro concat_ordered(value, order_by) -%}
    {{ return(adapter.dispatch('concat_ordered')(value, order_by)) }}
{%- endmacro %}
{% macro duckdb__concat_ordered(value, order_by) -%}
    string_agg({{ value }}, '' order by {{ order_by }})
{%- endmacro %}
{% macro spark__concat_ordered(value, order_by) -%}
    array_join(transform(array_sort(collect_list(struct({{ order_by }} as sort_key, {{ value }} as item))), x -> x.item), '')
{%- endmacro %}

{% macro regexp_replace_all(text, pattern, replacement) -%}
    {{ return(adapter.dispatch('regexp_replace_all')(text, pattern, replacement)) }}
{%- endmacro %}
{% macro duckdb__regexp_replace_all(text, pattern, replacement) -%}
    regexp_replace({{ text }}, '{{ pattern }}', '{{ replacement }}', 'g')
{%- endmacro %}
{% macro spark__regexp_replace_all(text, pattern, replacement) -%}
    regexp_replace({{ text }}, '{{ pattern }}', '{{ replacement | replace("\\1", "$1") }}')
{%- endmacro %}

{% macro sha256_text(text) -%}
    {{ return(adapter.dispatch('sha256_text')(text)) }}
{%- endmacro %}
{% macro duckdb__sha256_text(text) -%}
    sha256({{ text }})
{%- endmacro %}
{% macro spark__sha256_text(text) -%}
    sha2({{ text }}, 256)
{%- endmacro %}
