-- Every ticket that counts, every public reply of a person to one, every call, chat, activity, attendance, customer's post, form and
-- survey answer is one interaction, and every call, chat, FAQ view, post, attendance and enrolment is in its month. Those of
-- test accounts count nowhere.
with identity as (

    select * from {{ ref('int_customer_identity') }}
    where {{ is_test_customer('customer_key') }}

),

expected as (

    select 'ticket' as what, count(*) as cases from {{ ref('int_ticket') }}
    union all
    select 'reply', count(*)
    from {{ ref('support__ticket_event') }}
    where type = 'comment' and is_public and actor_role in ('agent', 'end_user') and occurred_at < {{ as_of_end() }}
        and ticket_id in (select ticket_id from {{ ref('int_ticket') }})
    union all
    select 'form', count(distinct event_id)
    from {{ ref('ma__conversion') }}
    where cv_event = 'form_submission' and occurred_at < {{ as_of_end() }} and coalesce(contact_id, '') not in (
        select contact.contact_id from {{ ref('crm__contact') }} as contact
        inner join identity on contact.account_id = identity.account_id
    )
    union all
    select 'survey_answer', count(*) from {{ ref('fct_survey_response') }}
    {%- for what, (entity, at, counts) in {
        'call': ('support__call_log', 'ring_at', 'true'), 'chat': ('support__chat_session', 'started_at', 'true'),
        'activity': ('success__cs_activity', 'occurred_at', 'true'), 'faq_view': ('support__faq_view', 'occurred_at', 'true'),
        'event': ('success__community_event', 'held_at', 'coalesce(attended, true)'),
        'post': ('success__community_post', 'posted_at', 'account_id is not null'),
        'every_post': ('success__community_post', 'posted_at', 'true'),
        'enrolment': ('success__training_enrolment', 'enrolled_at', 'true'),
    }.items() %}
    union all
    select '{{ what }}', count(*)
    from {{ ref(entity) }}
    where {{ at }} < {{ as_of_end() }} and {{ counts }} and coalesce(account_id, '') not in (select account_id from identity)
    {%- endfor %}

),

modelled as (

    select interaction_type as what, count(distinct interaction_key) as cases
    from {{ ref('fct_interaction') }}
    group by interaction_type
    {%- for what, column in {'faq_view': 'faq_views', 'every_post': 'community_posts', 'enrolment': 'training_enrolments'}.items() %}
    union all
    select '{{ what }}', coalesce(sum({{ column }}), 0) from {{ ref('mart_contact_channel_monthly') }}
    {%- endfor %}

),

month as (

    select
        coalesce(sum(chats), 0) as chats,
        coalesce(sum(inbound_calls + outbound_calls), 0) as calls,
        coalesce(sum(event_attendances), 0) as attendances
    from {{ ref('mart_contact_channel_monthly') }}

)

select expected.what, expected.cases, modelled.cases as modelled_cases
from expected
left join modelled on expected.what = modelled.what
where expected.cases <> coalesce(modelled.cases, 0)
union all
select expected.what, expected.cases, month.chats
from expected
cross join month
where (expected.what = 'chat' and expected.cases <> month.chats) or (expected.what = 'call' and expected.cases < month.calls)
    or (expected.what = 'event' and expected.cases <> month.attendances)
