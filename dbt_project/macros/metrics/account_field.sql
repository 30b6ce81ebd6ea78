{#- Columns of an account that a goal may name; what every account has, or the warehouse fills in, says nothing. -#}
{% macro account_fields() -%}
    {{ return(entity_columns('crm__account').keys() | reject('in', ['account_id', 'currency', 'created_at', 'updated_at']) | list) }}
{%- endmacro %}

{#- A column a field: 1 if any account of the group has it filled, else 0. Prefecture 00 is the unknown one. -#}
{% macro filled_account_fields(alias, condition='true') -%}
    {%- for field in account_fields() %}
        {%- set is_filled = alias ~ '.' ~ field ~ (" <> '00'" if field == 'prefecture_code' else ' is not null') %}
        max(case when {{ is_filled }} and {{ condition }} then 1 else 0 end) as {{ field }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#- Of such columns the one that is named; null where no account has such a field. -#}
{% macro account_field_of(name, alias) -%}
    case {{ name }}
        {%- for field in account_fields() %} when '{{ field }}' then {{ alias }}.{{ field }}{% endfor %} end
{%- endmacro %}
