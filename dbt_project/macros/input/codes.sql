{% macro map_code(code, mapping) -%}
    case
        {%- for ours, theirs in mapping.items() %}
            when lower({{ code }}) in ('{{ theirs | join("', '") }}') then '{{ ours }}'
        {%- endfor %}
            when {{ code }} is not null then 'other'
        end
{%- endmacro %}

{% macro known_code(code, codes) -%}
    case
            when lower({{ code }}) in ('{{ codes | join("', '") }}') then lower({{ code }})
            when {{ code }} is not null then 'other'
        end
{%- endmacro %}
