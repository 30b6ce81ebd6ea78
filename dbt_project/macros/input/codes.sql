{#- A vendor's code in our words: `mapping` holds the vendor's spellings in lower case; any other code is `other`
    (C-15). -#}
{% macro map_code(code, mapping) -%}
    case
        {%- for ours, theirs in mapping.items() %}
            when lower({{ code }}) in ('{{ theirs | join("', '") }}') then '{{ ours }}'
        {%- endfor %}
            when {{ code }} is not null then 'other'
        end
{%- endmacro %}

{#- A code that should be one of ours already. -#}
{% macro known_code(code, codes) -%}
    case
            when lower({{ code }}) in ('{{ codes | join("', '") }}') then lower({{ code }})
            when {{ code }} is not null then 'other'
        end
{%- endmacro %}

{% macro ticket_channel(channel) -%}
    coalesce({{ map_code(channel, {
        'email': ['email'],
        'phone': ['phone', 'voice', 'voicemail'],
        'chat': ['chat', 'messaging', 'native_messaging', 'whatsapp', 'facebook', 'instagram_dm'],
        'line': ['line'],
        'form': ['form', 'web', 'web_form', 'web_widget', 'mobile_sdk', 'help_center'],
    }) }}, 'other')
{%- endmacro %}

{% macro ticket_status(status) -%}
    {{ known_code(status, ['new', 'open', 'pending', 'hold', 'solved', 'closed']) }}
{%- endmacro %}

{% macro ticket_priority(priority) -%}
    {{ map_code(priority, {
        'low': ['low'], 'normal': ['normal', 'medium'], 'high': ['high'], 'urgent': ['urgent'],
    }) }}
{%- endmacro %}
