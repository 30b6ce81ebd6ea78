{{ config(materialized='view') }}

-- Calls, chats, activities, events, posts and forms as interactions, with who took part of us: whoever answers a call, a person
-- in a chat, whoever does an activity (docs/domain/service.md#interactions). Who sent a form is known as a person, not by account.
with form as (

    select * from {{ ref('ma__conversion') }}
    where cv_event = 'form_submission' and event_id is not null
    -- of a file, events may stand twice
    qualify row_number() over (partition by event_id order by occurred_at asc, contact_id asc nulls last) = 1

)

select
    'call' as interaction_type, call_id as record_id, account_id, contact_id, ring_at as occurred_at, 'phone' as channel_code,
    case when direction in ('inbound', 'outbound') then direction end as direction, coalesce(result = 'answered', false) as is_human,
    result as outcome
from {{ ref('support__call_log') }}
union all
select
    'chat', session_id, account_id, contact_id, started_at, 'chat', 'inbound', handed_to_human_at is not null or not coalesce(is_bot, false),
    case when is_resolved then 'resolved' when not is_resolved then 'unresolved' end
from {{ ref('support__chat_session') }}
union all
select 'activity', activity_id, account_id, contact_id, occurred_at, lower(trim(type)), 'outbound', true, null from {{ ref('success__cs_activity') }}
union all
select 'event', attendance_id, account_id, contact_id, held_at, 'event', 'inbound', false, null
from {{ ref('success__community_event') }} where coalesce(attended, true)
union all
select 'post', post_id, account_id, contact_id, posted_at, 'community', 'inbound', false, null
from {{ ref('success__community_post') }} where account_id is not null
union all
select 'form', form.event_id, contact.account_id, form.contact_id, form.occurred_at, 'form', 'inbound', false, null
from form
left join {{ ref('crm__contact') }} as contact on form.contact_id = contact.contact_id
