-- Every ticket that counts, every public reply of a person to one, every call, chat, activity and survey answer is one
-- interaction, and every call, chat and FAQ view is in its month. Those of test accounts count nowhere.
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
    select 'survey_answer', count(*) from {{ ref('fct_survey_response') }}
    {%- for what, (entity, at) in {
        'call': ('support__call_log', 'ring_at'), 'chat': ('support__chat_session', 'started_at'),
        'activity': ('success__cs_activity', 'occurred_at'), 'faq_view': ('support__faq_view', 'occurred_at'),
    }.items() %}
    union all
    select '{{ what }}', count(*)
    from {{ ref(entity) }}
    where {{ at }} < {{ as_of_end() }} and coalesce(account_id, '') not in (select account_id from identity)
    {%- endfor %}

),

modelled as (

    select interaction_type as what, count(distinct interaction_key) as cases
    from {{ ref('fct_interaction') }}
    group by interaction_type
    union all
    select 'faq_view', coalesce(sum(faq_views), 0) from {{ ref('mart_contact_channel_monthly') }}

),

month as (

    select coalesce(sum(chats), 0) as chats, coalesce(sum(inbound_calls + outbound_calls), 0) as calls
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
