{%- set all_feeds = {
    'salesforce__account': {'crm__account': 'account_id'},
    'salesforce__contact': {'crm__contact': 'contact_id'},
    'salesforce__contract': {'crm__contract': 'contract_id'},
    'salesforce__product2': {'crm__product': 'product_id'},
    'salesforce__order': {'crm__order': 'order_id'},
    'salesforce__order_item': {'crm__order_line': 'order_line_id', 'crm__subscription_line': 'line_id'},
    'salesforce__lead': {'sfa__lead': 'lead_id'},
    'salesforce__opportunity': {'sfa__opportunity': 'opportunity_id'},
    'salesforce__case': {'support__ticket': 'ticket_id'},
    'hubspot__contacts': {'crm__contact': 'contact_id'},
    'hubspot__email_events': {'ma__email_event': 'event_id'},
    'marketo__leads': {'crm__contact': 'contact_id', 'sfa__lead': 'lead_id'},
    'hubspot__form_submissions': {'ma__conversion': 'event_id'},
    'marketo__activities': {'ma__email_event': 'event_id', 'ma__conversion': 'event_id'},
    'zendesk__tickets': {'support__ticket': 'ticket_id'},
    'zendesk__calls': {'support__call_log': 'call_id'},
    'zendesk__satisfaction_ratings': {'support__csat_response': 'response_id'},
    'zendesk__survey_responses': {'support__csat_response': 'response_id'},
    'database__product__feature_use': {'product__feature_use': 'use_id'},
    'database__product__login_event': {'product__login_event': 'event_id'},
    'database__product__license': {'product__license': 'license_id'},
    'database__product__object_count': {'product__object_count': 'count_id'},
    'database__support__call_log': {'support__call_log': 'call_id'},
    'database__support__chat_session': {'support__chat_session': 'session_id'},
    'files__crm__account': {'crm__account': 'account_id'},
    'files__crm__contact': {'crm__contact': 'contact_id'},
    'files__crm__contract': {'crm__contract': 'contract_id'},
    'files__crm__product': {'crm__product': 'product_id'},
    'files__crm__order': {'crm__order': 'order_id'},
    'files__crm__order_line': {'crm__order_line': 'order_line_id', 'crm__subscription_line': 'line_id'},
    'files__crm__subscription_line': {'crm__subscription_line': 'line_id', 'crm__order_line': 'order_line_id'},
    'files__sfa__lead': {'sfa__lead': 'lead_id'},
    'files__sfa__opportunity': {'sfa__opportunity': 'opportunity_id'},
    'files__ma__message': {'ma__message': 'delivery_id'},
    'files__ma__email_event': {'ma__email_event': 'event_id'},
    'files__support__ticket': {'support__ticket': 'ticket_id'},
    'files__support__call_log': {'support__call_log': 'call_id'},
    'files__support__chat_session': {'support__chat_session': 'session_id'},
    'files__support__csat_response': {'support__csat_response': 'response_id'},
    'files__success__nps_response': {'success__nps_response': 'response_id'},
    'files__success__churn_interview': {'success__churn_interview': 'interview_id'},
    'files__success__activation_review': {'success__activation_review': 'review_id'},
    'files__success__onboarding_task': {'success__onboarding_task': 'task_id'},
    'files__success__cs_activity': {'success__cs_activity': 'activity_id'},
    'files__success__advocacy_event': {'success__advocacy_event': 'event_id'},
    'files__success__success_plan': {'success__success_plan': 'plan_id'},
    'files__success__success_plan_step': {'success__success_plan_step': 'step_id'},
    'files__success__training_enrolment': {'success__training_enrolment': 'enrolment_id'},
    'files__success__community_member': {'success__community_member': 'member_id'},
    'files__success__community_event': {'success__community_event': 'attendance_id'},
    'files__success__community_post': {'success__community_post': 'post_id'},
    'files__success__adoption_initiative': {'success__adoption_initiative': 'initiative_id'},
    'files__success__fit_assessment': {'success__fit_assessment': 'assessment_id'},
    'files__success__playbook_action': {'success__playbook_action': 'action_id'},
    'files__product__license': {'product__license': 'license_id'},
    'files__product__user': {'product__user': 'user_id'},
    'files__process__content_item': {'process__content_item': 'item_id'},
} -%}
{#- ids that say whose they are -#}
{%- set own_ids = {
    'hubspot__contacts': 'hubspot:', 'zendesk__satisfaction_ratings': 'zendesk:', 'zendesk__survey_responses': 'zendesk:',
    'salesforce__case': 'salesforce:', 'zendesk__calls': 'zendesk:', 'marketo__leads': 'marketo:',
    'hubspot__form_submissions': 'hubspot:', 'marketo__activities': 'marketo:',
} -%}
{#- ids of what a record may be part of, if not under its own key -#}
{%- set given_ids = {
    'hubspot__contacts': read_text(hubspot_property('salesforcecontactid'), 'id'), 'marketo__leads': read_text('sfdcContactId', 'id'),
} -%}
{%- set other_ids = {'marketo__leads': read_text('sfdcLeadId', 'id')} -%}
{%- set feeds, keys = {}, {} -%}
{%- for feed, entities in all_feeds.items() if var('changed_tables') is none or feed in var('changed_tables') -%}
    {%- do feeds.update({feed: entities}) -%}
    {%- do keys.update(entities) -%}
{%- endfor -%}
-- Every live record of the lake, as of the day, is in its entity: under its own key, where a vendor's record of the same
-- id took its place too, or a record that is meant by its id (docs/domain/sources.md#ids). Of a later build those are
-- looked at that were loaded since, once a week all of them.
{%- if not feeds %}
select 'nothing was loaded' as feed where false
{%- else %}
with landed as (
    {% for feed in feeds %}
    select
        '{{ feed }}' as feed,
        {{ given_ids.get(feed, record_key(feed)) }} as given_id,
        {{ other_ids.get(feed, 'null') }} as other_id,
        {{ "'" ~ own_ids[feed] ~ "' || " ~ record_key(feed) if feed in own_ids else "null" }} as own_id
    from (
        select * from {{ source('raw', feed) }}
        where {{ is_in_view(feed, var('as_of_date')) }}
            {% if not var('checks_all_keys') -%} and {{ record_key(feed) }} in ({{ loaded_since(feed) }}) {%- endif %}
        qualify row_number() over (
            partition by {{ record_key(feed) }}
            order by {{ version_time(feed) }} desc, _extracted_at desc, _source_file desc nulls last, _row desc
        ) = 1
    ) as newest
    where not _is_deleted
    {%- if feed == 'marketo__activities' %} and activityTypeId in ('1', '2', '6', '7', '8', '9', '10', '11', '27') {%- endif %}
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

{# each entity is read once: most of them are views over many models -#}
{% for entity, key in keys.items() -%}
{{ entity }} as (
    select {{ key }} as record_key from {{ ref(entity) }}
),

{% endfor -%}
arrived as (
    {% for feed, entities in feeds.items() %}
    {%- set last_feed = loop.last %}
    {%- for entity in entities %}
    select '{{ feed }}' as feed, record_key from {{ entity }}
    {#- a dropped line is in the other entity only as Salesforce's item of its id -#}
    {%- if feed.startswith('files__') and feed != 'files__' ~ entity %}
    where record_key in (select Id from {{ source('raw', 'salesforce__order_item') }})
    {%- endif %}
    {% if not (last_feed and loop.last) %}union all{% endif %}
    {%- endfor %}
    {%- endfor %}
)

select landed.feed, coalesce(landed.given_id, landed.own_id) as given_id
from landed
left join {{ ref('int_record_id') }} as meant on landed.given_id = meant.given_id
left join {{ ref('int_record_id') }} as meant_other on landed.other_id = meant_other.given_id
where not exists (
    select 1 from arrived
    where landed.feed = arrived.feed and coalesce(meant.record_id, landed.given_id) = arrived.record_key
)
and not exists (
    select 1 from arrived
    where landed.feed = arrived.feed and landed.own_id = arrived.record_key
)
and not exists (
    select 1 from arrived
    where landed.feed = arrived.feed and coalesce(meant_other.record_id, landed.other_id) = arrived.record_key
)
{%- endif %}
