{% macro is_listed(text, values) -%}
    {{ text }} in (
        {%- for value in values %}'{{ value | string | replace("'", "''") }}'{{ ', ' if not loop.last }}{% endfor -%}
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
