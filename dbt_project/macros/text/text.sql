{% macro url_host(url) -%}
    nullif(
        regexp_replace(regexp_replace(lower(trim({{ url }})), '^([a-z]+://)?(www[.])?', ''), '[/:?#].*$', ''), ''
    )
{%- endmacro %}

{% macro surrogate_key(parts) -%}
    md5({% for part in parts %}coalesce(cast({{ part }} as varchar), '<null>'){% if not loop.last %} || '|' || {% endif %}{% endfor %})
{%- endmacro %}

{% macro json_array_holds(json, text) -%}
    (coalesce({{ json }}, '') like '%"{{ text }}"%')
{%- endmacro %}
