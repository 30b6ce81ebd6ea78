{% macro is_listed(text, values) -%}
    {{ text }} in (
        {%- for value in values %}'{{ value | string | replace("'", "''") }}'{{ ', ' if not loop.last }}{% endfor -%}
    )
{%- endmacro %}

{#- As written, or the account of 18 characters whose first 15 are listed (docs/domain/sources.md#ids). -#}
{% macro is_test_account(account_id) -%}
    {%- set short = [] -%}
    {%- for value in var('test_accounts') if value | length == 15 -%}{%- do short.append(value) -%}{%- endfor -%}
    ({{ is_listed(account_id, var('test_accounts')) }}
    {%- if short %}
        or (length({{ account_id }}) = 18 and {{ is_listed("substr(" ~ account_id ~ ", 1, 15)", short) }})
    {%- endif -%}
    )
{%- endmacro %}

{% macro is_test_customer(customer_key) -%}
    left({{ customer_key }}, 5) = 'test_'
{%- endmacro %}

{% macro is_staff(user_id) -%}
    {%- set conditions = ['false'] -%}
    {%- for user in var('staff_users') -%}
        {%- set pattern = user | lower | replace("'", "''") -%}
        {%- if user.startswith('@') -%}
            {%- do conditions.append("right(lower(" ~ user_id ~ "), " ~ user | length ~ ") = '" ~ pattern ~ "'") -%}
        {%- else -%} {%- do conditions.append("lower(" ~ user_id ~ ") = '" ~ pattern ~ "'") -%} {%- endif -%}
    {%- endfor -%}
    coalesce({{ conditions | join(' or ') }}, false)
{%- endmacro %}
