{#- Whether a regular expression is found in a text. -#}
{% macro matches(text, pattern) -%}
    {{ return(adapter.dispatch('matches')(text, pattern)) }}
{%- endmacro %}
{% macro duckdb__matches(text, pattern) -%}
    regexp_matches({{ text }}, '{{ pattern }}')
{%- endmacro %}
{% macro spark__matches(text, pattern) -%}
    ({{ text }} rlike '{{ pattern }}')
{%- endmacro %}

{#- https://www.example.jp/path → example.jp -#}
{% macro url_host(url) -%}
    nullif(
        regexp_replace(regexp_replace(lower(trim({{ url }})), '^([a-z]+://)?(www[.])?', ''), '[/:?#].*$', ''), ''
    )
{%- endmacro %}
