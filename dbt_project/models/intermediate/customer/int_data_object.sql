{{ config(materialized='view') }}

-- grain: customer × data quadrant × object with any record of it (docs/domain/customers.md#data-quadrants). Of texts it is asked
-- whether there is one; none is read. Objects are those of seed data_quadrant.
{#- what is in view is known, also if it was changed after midnight or tells of a day to come: then without a last_at -#}
{%- set updated_at = 'case when updated_at < ' ~ as_of_end() ~ ' then updated_at end' %}
{%- set day = 'case when {0} <= ' ~ as_of_date() ~ ' then ' ~ local_midnight('{0}') ~ ' end' %}
{%- set of_account = {
    'account': (1, 'crm__account', updated_at, 'coalesce(industry_code, industry_name) is not null or employee_count is not null or annual_sales is not null'),
    'account_note': (2, 'crm__account', updated_at, 'coalesce(culture_code, culture_note, goal_note, issue_note) is not null'),
    'success_plan': (2, 'success__success_plan', 'cast(null as ' ~ dbt.type_timestamp() ~ ')', 'coalesce(goal_type, kpi_name) is not null'),
    'faq_view': (3, 'support__faq_view', 'occurred_at', 'true'),
    'csm_note': (6, 'success__activation_review', local_midnight('review_date'), 'comment is not null'),
    'churn_text': (8, 'crm__contract', 'coalesce(' ~ day.replace('{0}', 'cancel_notice_date') ~ ', ' ~ updated_at ~ ')', 'churn_reason_text is not null'),
    'churn_interview': (8, 'success__churn_interview', day.replace('{0}', 'churn_date'), 'comment is not null'),
} %}
{#- a successor may begin after the business date; of facts, which know their customer: quadrant, relation, when, which, how many -#}
{%- set of_customer = {
    'login': (3, 'fct_usage_weekly', local_midnight('week_end'), 'logins_7d > 0', 'sum(logins_7d)'),
    'feature_use': (3, 'fct_usage_weekly', local_midnight('week_end'), 'feature_use_rows_7d > 0', 'sum(feature_use_rows_7d)'),
    'renewal': (7, 'fct_renewal', local_midnight('least(renewed_date, ' ~ as_of_date() ~ ')'), "outcome in ('renewed', 'early_renewed')", 'count(*)'),
    'order': (7, 'fct_order_line', local_midnight('order_date'), 'is_purchase', 'count(distinct order_id)'),
    'complaint': (7, 'fct_ticket', 'created_at', 'is_complaint', 'count(*)'),
    'form': (3, 'fct_interaction', 'occurred_at', "interaction_type = 'form'", 'count(*)'),
    'community_post': (4, 'fct_interaction', 'occurred_at', "interaction_type = 'post'", 'count(*)'),
    'customer_reply': (6, 'fct_interaction', 'occurred_at', "interaction_type = 'reply' and direction = 'inbound'", 'count(*)'),
} %}
{%- for type in ['call', 'chat', 'activity', 'event'] %}
{%- do of_customer.update({type: (5, 'fct_interaction', 'occurred_at', "interaction_type = '" ~ type ~ "'", 'count(*)')}) %}
{%- endfor %}
with identity as (

    select account_id, customer_key from {{ ref('int_customer_identity') }}

),

commented as (

    select {{ surrogate_key(["'nps'", 'response_id']) }} as response_key from {{ ref('success__nps_response') }} where comment is not null
    union all
    select {{ surrogate_key(["'csat'", 'response_id']) }} from {{ ref('support__csat_response') }} where comment is not null

),

found as (
    {% for object, (quadrant_no, relation, happened_at, condition) in of_account.items() %}
    select
        identity.customer_key, {{ quadrant_no }} as quadrant_no, '{{ object }}' as object_code,
        count(*) as records, max(record.happened_at) as last_at
    from (select account_id, {{ happened_at }} as happened_at from {{ ref(relation) }} where {{ condition }}) as record
    inner join identity on record.account_id = identity.account_id
    where record.happened_at is null or record.happened_at < {{ as_of_end() }}
    group by identity.customer_key
    union all
    {%- endfor %}
    {%- for object, (quadrant_no, relation, happened_at, condition, records) in of_customer.items() %}
    select customer_key, {{ quadrant_no }}, '{{ object }}', {{ records }}, max({{ happened_at }})
    from {{ ref(relation) }}
    where {{ condition }}
    group by customer_key
    union all
    {%- endfor %}
    select contact.customer_key, 3, 'email_response', count(*), max(email.occurred_at)
    from {{ ref('ma__email_event') }} as email
    inner join {{ ref('dim_contact') }} as contact on {{ surrogate_key(['email.contact_id']) }} = contact.contact_key
    where email.type in ('open', 'click') and not email.is_machine and email.occurred_at < {{ as_of_end() }}
    group by contact.customer_key
    union all
    select customer_key, 8, 'complaint_text', count(*), max(created_at)
    from {{ ref('int_ticket') }}
    where is_complaint and description is not null
    group by customer_key
    union all
    select answer.customer_key, 8, 'survey_comment', count(*), max(answer.responded_at)
    from {{ ref('fct_survey_response') }} as answer
    inner join commented on answer.response_key = commented.response_key
    group by answer.customer_key

)

select * from found
