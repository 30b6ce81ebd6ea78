-- grain: what a customer and we said to each other (docs/domain/service.md#interactions). Tickets and replies are rebuilt where
-- touched; of the others, which are few, all are written each time: a day costs a scan of them.
{{ config(
    materialized='incremental',
    incremental_strategy='replace_keys',
    on_schema_change='append_new_columns',
    meta={'touched': {
        'ticket_key': "select ticket_id from {{ ref('int_touched_ticket') }}",
        'interaction_type': "select * from (values ('call'), ('chat'), ('activity'), ('event'), ('post'), ('survey_answer')) as written_whole",
    }}
) }}

with ticket as (

    select * from {{ ref('int_ticket') }}
    where {{ is_touched('ticket_id', 'select ticket_id from ' ~ ref('int_touched_ticket')) }}

),

reply as (

    select * from {{ ref('support__ticket_event') }}
    where type = 'comment' and is_public and actor_role in ('agent', 'end_user') and occurred_at < {{ as_of_end() }}

),

-- who took part of us: whoever answers a call, a person in a chat, whoever does an activity
contacted as (

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

),

told as (

    select
        'ticket' as interaction_type, ticket_id as record_id, ticket_id as ticket_key, customer_key, contact_id, created_at as occurred_at,
        channel as channel_code, 'inbound' as direction, coalesce(created_by_role = 'agent', false) as is_human,
        cast(null as {{ dbt.type_string() }}) as outcome
    from ticket
    union all
    select
        'reply', reply.event_id, ticket.ticket_id, ticket.customer_key, case when reply.actor_role = 'end_user' then ticket.contact_id end,
        reply.occurred_at, ticket.channel, case when reply.actor_role = 'agent' then 'outbound' else 'inbound' end,
        reply.actor_role = 'agent', null
    from reply
    inner join ticket on reply.ticket_id = ticket.ticket_id
    union all
    select
        contacted.interaction_type, contacted.record_id, null, coalesce(identity.customer_key, 'unknown'), contacted.contact_id,
        contacted.occurred_at, contacted.channel_code, contacted.direction, contacted.is_human, contacted.outcome
    from contacted
    left join {{ ref('int_customer_identity') }} as identity on contacted.account_id = identity.account_id
    where contacted.occurred_at < {{ as_of_end() }}
        and not {{ is_test_customer("coalesce(identity.customer_key, 'unknown')") }}

),

final as (

    select
        {{ surrogate_key(['interaction_type', 'record_id']) }} as interaction_key,
        interaction_type,
        ticket_key,
        customer_key,
        case when contact_id is not null then {{ surrogate_key(['contact_id']) }} end as contact_key,
        occurred_at,
        {{ local_date('occurred_at') }} as interaction_date,
        channel_code,
        direction,
        is_human,
        outcome
    from told
    union all
    select
        {{ surrogate_key(["'survey_answer'", 'response_key']) }}, 'survey_answer', cast(null as {{ dbt.type_string() }}), customer_key, contact_key,
        responded_at, response_date, 'survey', 'inbound', false, response_class
    from {{ ref('fct_survey_response') }}

)

select * from final
