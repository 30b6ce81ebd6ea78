-- Codes that nobody has mapped, with their record's amount; of tickets and lines where they decide (docs/domain/conventions.md#codes).
{%- set item = ['int_salesforce_order_item', 'order_item_id'] %}
{%- set coded = [
    ('crm__subscription_line', 'line_id', 'charge_type', 'charge_type', 'salesforce', item[0], item[1], 'charge_code'),
    ('crm__subscription_line', 'line_id', 'billing_period', 'billing_period', 'salesforce', item[0], item[1], 'billing_period'),
    ('crm__account', 'account_id', 'industry_code', 'industry', 'salesforce', 'stg_salesforce__account', 'account_id', 'industry_name'),
    ('crm__account', 'account_id', 'industry_code', 'industry', 'files', 'stg_files__crm__account', 'account_id', 'industry_name'),
] %}
{%- for source, supplier, entity, key, column, code_list in coded_columns() %}
{%- do coded.append((entity, key, column, code_list, source, 'stg_' ~ source ~ '__' ~ supplier, key, column)) %}{% endfor %}
with {% for entity in coded | map(attribute=0) | unique -%}
{{ entity }} as (select * from {{ ref(entity) }}),  -- once: it is a view over many models

{% endfor -%}
unmapped as (

    {% for entity, key, column, code_list, source, supplier, supplier_key, code in coded -%}
    select
        '{{ source }}' as source, '{{ entity }}' as object, '{{ code_list }}' as code_list,
        ours.{{ key }} as record_key, written.{{ code }} as code
    from {{ entity }} as ours
    inner join {{ ref(supplier) }} as written on ours.{{ key }} = written.{{ supplier_key }}
    where {% if code_list == 'industry' -%}
        ours.industry_code is null and trim(written.{{ code }}) <> ''
        {%- elif supplier == 'stg_salesforce__case' -%}  {#- its history needs the code of a closed one too #}
        {{ code_meaning(code_list, 'written.status') }} = 'other'
        {%- elif code_list in ('churn_reason', 'call_result') -%}  {#- both may well be others #}
        ours.{{ column }} = 'other' and {{ code_meaning(code_list, 'written.' ~ code, 'null') }} is null
        {%- else -%}
        ours.{{ column }} = 'other'
        {%- endif %}
        {%- if code_list == 'billing_period' %} and ours.charge_type = 'recurring'{% endif %}
    union all
    {% endfor -%}
    -- a change of a ticket; what its case is called now is told of the case
    {% for source, supplier, key in [
        ('salesforce', 'stg_salesforce__case_history', 'event_id'), ('files', 'stg_files__support__ticket_event', 'ticket_id'),
    ] -%}
    {% for status in ['from_status', 'to_status'] -%}
    select '{{ source }}', 'support__ticket_event', 'ticket_status', change.{{ key }}, change.{{ status }}
    from {{ ref(supplier) }} as change
    inner join support__ticket on change.ticket_id = support__ticket.ticket_id
    left join {{ ref('stg_salesforce__case') }} as present
        on change.ticket_id = present.ticket_id and change.{{ status }} = present.status
    where {{ code_meaning('ticket_status', 'change.' ~ status) }} = 'other' and present.ticket_id is null
    union all
    {% endfor -%}
    {% endfor -%}
    -- Salesforce says itself whether a deal is closed
    select 'files', 'sfa__opportunity', 'opportunity_stage', opportunity_id, stage_code
    from sfa__opportunity
    where closed_at is null
        and is_won is null
        and {{ code_meaning('opportunity_stage', 'stage_code') }} = 'other'
        and opportunity_id not in (select opportunity_id from {{ ref('stg_salesforce__opportunity') }})

),

money as (

    select 'crm__order' as object, order_id as record_key, currency, sum(amount_ex_tax) as amount
    from crm__order_line
    group by order_id, currency
    union all
    select 'crm__order_line', order_line_id, currency, amount_ex_tax from crm__order_line
    union all
    select 'crm__subscription_line', line_id, currency, amount_total_ex_tax from crm__subscription_line
    union all
    select 'sfa__opportunity', opportunity_id, currency, amount_ex_tax from sfa__opportunity

),

final as (

    select
        unmapped.source,
        unmapped.object,
        trim(unmapped.code) as place,
        unmapped.code_list as column_name,
        unmapped.record_key as key,
        cast(money.amount as decimal(18, 2)) as amount,
        money.currency
    from unmapped
    left join money on unmapped.object = money.object and unmapped.record_key = money.record_key
    -- the vendor's record hides the dropped one of the same id
    qualify rank() over (
        partition by unmapped.object, unmapped.code_list, unmapped.record_key
        order by case when unmapped.source = 'files' then 1 else 0 end
    ) = 1

)

select * from final
