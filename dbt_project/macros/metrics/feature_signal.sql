{#- An empty list says that nobody has told the codes: the signal is missing then, not 0. -#}
{% macro has_signal(signal) -%}
    {{ 'true' if var('ews_feature_codes')[signal] else 'false' }}
{%- endmacro %}

{% macro users_of_signal(signal) -%}
    {%- set codes = var('ews_feature_codes')[signal] -%}
    {%- if codes -%} count(distinct user_id) filter (where {{ is_listed('feature_code', codes) }})
    {%- else -%} cast(null as bigint) {%- endif -%}
{%- endmacro %}

{#- The codes are known, so that no distinct count is needed, which costs several times as much. -#}
{% macro features_of_signal(signal) -%}
    {%- for code in var('ews_feature_codes')[signal] -%}
    {{ ' + ' if not loop.first }}max(case when {{ is_listed('feature_code', [code]) }} then 1 else 0 end)
    {%- else -%} cast(null as bigint) {%- endfor -%}
{%- endmacro %}
