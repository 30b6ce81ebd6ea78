{% macro zendesk_role() -%}
    case
        when {{ json_text('user_fields', 'is_bot') }} = 'true' or {{ json_array_holds('tags', 'bot') }} then 'bot'
        when role = 'end-user' then 'end_user'
        when role in ('agent', 'admin') then 'agent'
        else 'other'
    end
{%- endmacro %}
