{#- Our names of column types, as the database writes them. -#}
{% macro sql_type(type) -%}
    {{ return({
        'text': dbt.type_string(), 'integer': 'integer', 'number': 'decimal(18, 4)', 'money': 'decimal(18, 2)',
        'amount': 'decimal(18, 2)', 'exchange_rate': 'decimal(18, 8)',
        'rate': 'decimal(9, 6)', 'date': 'date', 'instant': instant_type(), 'boolean': 'boolean',
    }[type]) }}
{%- endmacro %}

{#- Text of a dropped file to a type. Unreadable text becomes null: the contract has quarantined it before. -#}
{% macro read_text(column, type) -%}
    {%- if type == 'text' -%} nullif(trim({{ column }}), '')
    {%- elif type == 'integer' -%} cast({{ read_number(column) }} as integer)
    {%- elif type == 'money' -%} {{ to_money(plain_number(column)) }}
    {%- elif type == 'amount' -%} {{ to_amount(plain_number(column)) }}
    {%- elif type == 'exchange_rate' -%} try_cast({{ plain_number(column) }} as {{ sql_type(type) }})
    {%- elif type in ('number', 'rate') -%} cast({{ read_number(column) }} as {{ sql_type(type) }})
    {%- elif type == 'date' -%} {{ read_date(column) }}
    {%- elif type == 'instant' -%} {{ read_instant(column) }}
    {%- elif type == 'boolean' -%} {{ read_boolean(column) }}
    {%- endif -%}
{%- endmacro %}

{#- Spreadsheets write 1,000 and 12.0. -#}
{% macro plain_number(column) -%}
    replace({{ column }}, ',', '')
{%- endmacro %}
{% macro read_number(column) -%}
    try_cast({{ plain_number(column) }} as decimal(24, 6))
{%- endmacro %}

{#- 2026-01-31, 2026/1/31, with or without a time of day. -#}
{% macro read_date(column) -%}
    try_cast(replace({{ column }}, '/', '-') as date)
{%- endmacro %}

{#- An instant with its offset, or a wall-clock time of the tenant. -#}
{% macro read_instant(column) -%}
    case
        when {{ matches(column, '(Z|[+-][0-9]{2}:?[0-9]{2})$') }}
            then {{ to_instant("replace(" ~ column ~ ", '/', '-')") }}
        else {{ local_midnight("try_cast(replace(" ~ column ~ ", '/', '-') as timestamp)") }}
    end
{%- endmacro %}

{% macro read_boolean(column) -%}
    case
        when lower(trim({{ column }})) in ('true', '1', '1.0', 't', 'y', 'yes', 'はい', '有', '○') then true
        when lower(trim({{ column }})) in ('false', '0', '0.0', 'f', 'n', 'no', 'いいえ', '無', '×') then false
    end
{%- endmacro %}
