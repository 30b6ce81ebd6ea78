{% macro is_read_again(table) -%}
    {{ is_later_build() }} and {{ record_key(table) }} in ({{ loaded_since(table) }})
{%- endmacro %}

{% macro is_hidden(key, table) -%}
    {{ is_later_build() }} and {{ read_text(key, 'id') }} in (
        {{ loaded_since(table, 'Id') }} union all {{ loaded_since(table, 'substr(Id, 1, 15)') }}
    )
{%- endmacro %}

{% macro is_later_build() -%}
    {{ 'true' if var('since_as_of_date') else 'false' }}
{%- endmacro %}

{% macro last_build_date() -%}
    cast('{{ var("since_as_of_date") or var("as_of_date") }}' as date)
{%- endmacro %}

{% macro last_build_end() -%}
    {{ day_end(var('since_as_of_date') or var('as_of_date')) }}
{%- endmacro %}
