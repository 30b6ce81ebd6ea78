{#- An empty list says that nobody has told the codes: the signal is missing then, not 0. -#}
{% macro is_signal(signal, feature_code) -%}
    {%- set codes = var('ews_feature_codes')[signal] -%}
    {%- if codes -%} {{ is_listed(feature_code, codes) }} {%- else -%} false {%- endif -%}
{%- endmacro %}

{% macro has_signal(signal) -%}
    {{ 'true' if var('ews_feature_codes')[signal] else 'false' }}
{%- endmacro %}
