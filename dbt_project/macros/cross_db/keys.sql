{% macro surrogate_key(parts) -%}
    md5({% for part in parts %}coalesce(cast({{ part }} as varchar), '<null>'){% if not loop.last %} || '|' || {% endif %}{% endfor %})
{%- endmacro %}
