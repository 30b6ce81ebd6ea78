-- Records that name a parent that is not there (docs/domain/customers.md#unknown-customer); what names none is no finding.
-- Order lines without their order have a finding of their own.
{%- set parents = {
    'identity': "select account_id from " ~ ref('int_customer_identity') ~ " where customer_key <> 'unknown'",
    'product': "select product_id from " ~ ref('crm__product'),
    'contract': "select contract_id from " ~ ref('crm__contract'),
    'contact': "select contact_id from " ~ ref('crm__contact'),
    'ticket': "select ticket_id from " ~ ref('support__ticket') ~ " union select ticket_id from " ~ ref('stg_zendesk__tickets')
        ~ " union select ticket_id from " ~ ref('stg_salesforce__case'),
    'opportunity': "select opportunity_id from " ~ ref('sfa__opportunity')
        ~ " union select opportunity_id from " ~ ref('stg_versions__opportunity'),
    'item': "select item_id from " ~ ref('process__content_item'),
    'plan': "select plan_id from " ~ ref('success__success_plan'),
} %}
{%- set links = [
    ('crm__subscription_line', 'line_id', 'product_id', 'product'), ('crm__subscription_line', 'line_id', 'contract_id', 'contract'),
    ('crm__order_line', 'order_line_id', 'product_id', 'product'),
    ('sfa__lead', 'lead_id', 'converted_account_id', 'identity'), ('sfa__lead', 'lead_id', 'referrer_account_id', 'identity'),
    ('sfa__lead', 'lead_id', 'converted_opportunity_id', 'opportunity'),
    ('sfa__opportunity_stage_history', 'event_id', 'opportunity_id', 'opportunity'),
    ('support__ticket_event', 'event_id', 'ticket_id', 'ticket'),
    ('support__csat_response', 'response_id', 'ticket_id', 'ticket'), ('support__call_log', 'call_id', 'ticket_id', 'ticket'),
    ('product__license', 'license_id', 'product_id', 'product'), ('process__stage_event', 'item_id', 'item_id', 'item'),
    ('success__success_plan_step', 'step_id', 'plan_id', 'plan'),
    ('crm__account', 'account_id', 'parent_account_id', 'identity'), ('crm__contract', 'contract_id', 'previous_contract_id', 'contract'),
    ('sfa__opportunity', 'opportunity_id', 'contract_id', 'contract'),
] %}
{%- for entity, record in {
    'crm__order': 'order_id', 'success__nps_response': 'response_id', 'support__csat_response': 'response_id',
    'ma__email_event': 'event_id', 'ma__message': 'delivery_id', 'ma__conversion': 'event_id', 'support__ticket': 'ticket_id',
    'support__call_log': 'call_id', 'support__chat_session': 'session_id', 'success__cs_activity': 'activity_id',
    'success__training_enrolment': 'enrolment_id', 'success__community_member': 'member_id',
    'success__community_event': 'attendance_id', 'success__community_post': 'post_id',
}.items() %}{% do links.append((entity, record, 'contact_id', 'contact')) %}{% endfor %}
{%- for entity, record in {
    'crm__order': 'order_id', 'crm__contact': 'contact_id', 'crm__contract': 'contract_id',
    'crm__subscription_line': 'line_id', 'sfa__opportunity': 'opportunity_id', 'support__ticket': 'ticket_id',
    'support__call_log': 'call_id', 'support__chat_session': 'session_id', 'support__faq_view': 'account_id',
    'success__nps_response': 'response_id', 'product__feature_use': 'account_id',
    'product__login_event': 'account_id', 'product__license': 'license_id', 'product__object_count': 'account_id',
    'product__user': 'account_id', 'process__content_item': 'item_id', 'success__churn_interview': 'interview_id',
    'success__activation_review': 'review_id', 'success__onboarding_task': 'task_id',
    'success__cs_activity': 'activity_id', 'success__advocacy_event': 'event_id', 'success__success_plan': 'plan_id',
    'success__training_enrolment': 'enrolment_id', 'success__community_member': 'member_id',
    'success__community_event': 'attendance_id', 'success__community_post': 'post_id',
    'success__adoption_initiative': 'initiative_id', 'success__fit_assessment': 'assessment_id',
    'success__playbook_action': 'action_id',
}.items() %}{% do links.append((entity, record, 'account_id', 'identity')) %}{% endfor %}
{#- links of vendors' own; who has an address is looked for by it, and told by the record alone -#}
{%- set own_links = [
    ('crm__account', 'account_id', 'account_id', 'given_id', ref('int_company_link') ~ ' where linked_account_id is null'),
    ('crm__contact', 'account_id', "'hubspot:' || hubspot_contact_id", 'given_contact_id', ref('int_hubspot_contact')
        ~ ' where salesforce_contact_id is null and given_contact_id is not null and not is_deleted'),
    ('support__csat_response', 'ticket_external_id', 'response_id', 'ticket_external_id', ref('support__csat_response')
        ~ ' where ticket_id is null and ticket_external_id not in (select coalesce(external_id, \'\') from '
        ~ ref('stg_zendesk__tickets') ~ ')'),
    ('hubspot__form_submissions', 'values', 'submission_id', 'submission_id', ref('stg_hubspot__form_submissions')
        ~ ' where email not in (select email from ' ~ ref('int_hubspot_recipient') ~ ')'),
    ('hubspot__subscription_changes', 'recipient', 'change_id', 'change_id', ref('stg_hubspot__subscription_changes')
        ~ ' where lower(recipient) not in (select email from ' ~ ref('int_hubspot_recipient') ~ ')'),
    ('marketo__leads', 'sfdcContactId', "'marketo:' || marketo_lead_id", 'given_contact_id', ref('int_marketo_lead')
        ~ ' where known_contact_id is null and given_contact_id is not null'),
    ('marketo__leads', 'sfdcLeadId', "'marketo:' || marketo_lead_id", 'given_lead_id', ref('int_marketo_lead')
        ~ ' where known_lead_id is null and given_lead_id is not null'),
    ('marketo__activities', 'attributes', "'marketo:' || marketo_lead_id", "'marketo:' || merged_into", ref('int_marketo_person')
        ~ ' where surviving_lead_id is null'),
] -%}
-- each is read once: most are views over many models
with {% for parent, query in parents.items() -%}
{{ parent }} as (
    {{ query }}
),

{% endfor -%}
{%- for entity in links | map(attribute=0) | unique -%}
{{ entity }} as (
    select * from {{ ref(entity) }}
),

{% endfor -%}
link as (

    {%- for object, column, record, named, unknown in own_links %}
    select '{{ object }}' as object, '{{ column }}' as column_name, {{ record }} as record, {{ named }} as named from {{ unknown }}
    {%- if not loop.last %} union all{% endif %}
    {%- endfor %}
    {%- for entity, record, column, parent in links %}
    union all
    select '{{ entity }}', '{{ column }}', {{ record }}, {{ column }} from {{ entity }}
    where {{ column }} is not null and {{ column }} not in (select * from {{ parent }})
    {%- endfor %}

)

select
    'warehouse' as source, object, cast(null as {{ dbt.type_string() }}) as place, column_name,
    case when record = named then record else record || ' → ' || named end as key,
    cast(null as decimal(18, 2)) as amount, cast(null as {{ dbt.type_string() }}) as currency
from link
