{% macro url_host(url) -%}
    {%- set wide = 'ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ０１２３４５６７８９．。｡／：＠－＿？＃　\t\n\r\u00A0' -%}
    {%- set narrow = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.../:@-_?#     ' -%}
    {%- set bare = "lower(trim(translate(" ~ url ~ ", '" ~ wide ~ "\u200B\u200C\u200D\u2060\uFEFF', '" ~ narrow ~ "')))" -%}
    nullif(regexp_replace(
        regexp_replace({{ bare }}, '^([a-z]*:?//+|mailto:)?([^/?#]*@)?(www[.])?', ''), '[.]*([/:?#,;> ].*)?$', ''
    ), '')
{%- endmacro %}

{% macro surrogate_key(parts) -%}
    md5({% for part in parts %}coalesce(cast({{ part }} as {{ dbt.type_string() }}), '<null>'){% if not loop.last %} || '|' || {% endif %}{% endfor %})
{%- endmacro %}

{% macro json_array_holds(json, text) -%}
    (coalesce({{ json }}, '') like '%"{{ text }}"%')
{%- endmacro %}
