{% macro map_code(code, mapping) -%}
    case
        {%- for ours, theirs in mapping.items() %}
            when lower({{ code }}) in ('{{ theirs | join("', '") }}') then '{{ ours }}'
        {%- endfor %}
            when {{ code }} is not null then 'other'
        end
{%- endmacro %}

{% macro known_code(code, codes) -%}
    case
            when lower({{ code }}) in ('{{ codes | join("', '") }}') then lower({{ code }})
            when {{ code }} is not null then 'other'
        end
{%- endmacro %}

{#- As fold_width, without the signs that no code has: it stands in many places. -#}
{% macro folded_code(code) -%}
    {%- set wide = '！＂＃＄％＆（）＊＋，－．／０１２３４５６７８９：；＜＝＞？＠ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ［］＾＿｀ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ｛｜｝～①②③④⑤⑥⑦⑧⑨' -%}
    {%- set narrow = '!"#$%&()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~123456789' -%}
    {%- set half_width_kana = '｡｢｣､･ｦｧｨｩｪｫｬｭｮｯｰｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝﾞﾟ' -%}
    {%- set full_width_kana = '。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン\u3099\u309A' -%}
    {#- nobody sees these: they go -#}
    {%- set invisible = '\u00AD\u200B\u200C\u200D\u200E\u200F\u2060\uFEFF' -%}
    {%- set folded = "translate(" ~ code ~ ", chr(9) || chr(160) || '　" ~ wide ~ half_width_kana ~ invisible ~ "', '   " ~ narrow ~ full_width_kana ~ "')" -%}
    lower(trim({{ compose_characters(folded) }}))
{%- endmacro %}

{% macro code_meaning(code_list, code, unknown="'other'") -%}
    coalesce(
            {{ looked_up_code(code_list, folded_code(code)) }},
            case when trim({{ code }}) <> '' then {{ unknown }} end
        )
{%- endmacro %}

{% macro looked_up_code(code_list, folded) -%}
    {{ return(adapter.dispatch('looked_up_code')(code_list, folded)) }}
{%- endmacro %}
{% macro duckdb__looked_up_code(code_list, folded) -%}
    (
                select max(known.meaning) from {{ ref('stg_reference__source_code') }} as known
                where known.code_list = '{{ code_list }}' and known.source_code = {{ folded }}
            )
{%- endmacro %}
{#- One map for the query instead of a join for each code: Spark 4.1 loses columns of two such joins over a union. -#}
{% macro spark__looked_up_code(code_list, folded) -%}
    element_at((
                select map_from_entries(collect_list(struct(known.source_code, known.meaning)))
                from (
                    select source_code, max(meaning) as meaning from {{ ref('stg_reference__source_code') }}
                    where code_list = '{{ code_list }}' group by source_code
                ) as known
            ), {{ folded }})
{%- endmacro %}

{#- Beside the list: `3 months`, `18ヶ月`, `2年` are read as they are written. -#}
{% macro billing_period(code) -%}
    {%- set folded = folded_code(code) -%}
    {%- set unit = "^(every |per )?([1-9][0-9]?)[ _-]?" -%}
    {%- set months = "regexp_extract(" ~ folded ~ ", '" ~ unit
        ~ "(months?|mos?|[ヶケヵカか箇]月)(間|ごと|毎|払い|分|契約)?$', 2)" -%}
    {%- set years = "regexp_extract(" ~ folded ~ ", '" ~ unit
        ~ "(years?|yrs?|[ヶケヵカか箇]?年)(間|ごと|毎|払い|分|契約)?$', 2)" -%}
    {%- set counted -%}
    case
                when {{ months }} = '1' then 'monthly'
                when {{ months }} = '12' or {{ years }} = '1' then 'annual'
                when {{ months }} <> '' then {{ months }} || '_months'
                when {{ years }} <> '' then cast(12 * cast({{ years }} as integer) as {{ dbt.type_string() }}) || '_months'
                else 'other'
            end
    {%- endset -%}
    {{ code_meaning('billing_period', code, counted) }}
{%- endmacro %}

{#- A record without a currency is in ours. -#}
{% macro currency_of(code) -%}
    coalesce({{ code_meaning('currency', code, "upper(" ~ folded_code(code) ~ ")") }}, '{{ var("reporting_currency") }}')
{%- endmacro %}

{#- Whose codes are told when nobody has mapped them: source, its object, our entity, its key, the column in both, the list. -#}
{% macro coded_columns() -%}
    {{ return([
        ('salesforce', 'order', 'crm__order', 'order_id', 'status', 'order_status'),
        ('files', 'crm__order', 'crm__order', 'order_id', 'status', 'order_status'),
        ('files', 'crm__order_line', 'crm__order_line', 'order_line_id', 'charge_type', 'charge_type'),
        ('files', 'crm__subscription_line', 'crm__subscription_line', 'line_id', 'charge_type', 'charge_type'),
        ('files', 'crm__subscription_line', 'crm__subscription_line', 'line_id', 'billing_period', 'billing_period'),
        ('salesforce', 'contract', 'crm__contract', 'contract_id', 'status', 'contract_status'),
        ('files', 'crm__contract', 'crm__contract', 'contract_id', 'status', 'contract_status'),
        ('salesforce', 'contract', 'crm__contract', 'contract_id', 'churn_reason_code', 'churn_reason'),
        ('files', 'crm__contract', 'crm__contract', 'contract_id', 'churn_reason_code', 'churn_reason'),
        ('salesforce', 'opportunity', 'sfa__opportunity', 'opportunity_id', 'type', 'opportunity_type'),
        ('files', 'sfa__opportunity', 'sfa__opportunity', 'opportunity_id', 'type', 'opportunity_type'),
        ('zendesk', 'tickets', 'support__ticket', 'ticket_id', 'status', 'ticket_status'),
        ('salesforce', 'case', 'support__ticket', 'ticket_id', 'status', 'ticket_status'),
        ('files', 'support__ticket', 'support__ticket', 'ticket_id', 'status', 'ticket_status'),
        ('files', 'support__call_log', 'support__call_log', 'call_id', 'direction', 'call_direction'),
        ('files', 'support__call_log', 'support__call_log', 'call_id', 'result', 'call_result'),
        ('database', 'support__call_log', 'support__call_log', 'call_id', 'direction', 'call_direction'),
        ('database', 'support__call_log', 'support__call_log', 'call_id', 'result', 'call_result'),
        ('files', 'crm__account', 'crm__account', 'account_id', 'status', 'account_status'),
        ('files', 'crm__account', 'crm__account', 'account_id', 'industry_code', 'industry'),
        ('files', 'success__churn_interview', 'success__churn_interview', 'interview_id', 'reason_code', 'churn_reason'),
        ('files', 'success__adoption_initiative', 'success__adoption_initiative', 'initiative_id', 'driver', 'adoption_driver'),
        ('files', 'success__community_post', 'success__community_post', 'post_id', 'answered_by_role', 'answer_role'),
    ]) }}
{%- endmacro %}
