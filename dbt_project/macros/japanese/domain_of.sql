{#- Domain of an e-mail or web address, lower case, without scheme, path and www; null when nothing is left. -#}
{% macro domain_of(address) -%}
    {%- set host = regexp_replace_all("lower(trim(" ~ address ~ "))", '^([a-z]+://)?([^@/]*@)?(www[.])?', '') -%}
    nullif({{ regexp_replace_all(host, '[/:?#].*$', '') }}, '')
{%- endmacro %}
