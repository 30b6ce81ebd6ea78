{#- Domain of an e-mail or web address in lower case; null when there is none. -#}
{% macro domain_of(address) -%}
    {{ url_host("regexp_replace(" ~ address ~ ", '^[^@]*@', '')") }}
{%- endmacro %}
