-- grain: what a customer and we said to each other (docs/domain/service.md#interactions). Tickets and replies are rebuilt where
-- touched; of the others, which are few, all are written each time: a day costs a scan of them.
{{ config(
    materialized='incremental',
    incremental_strategy='replace_keys',
    on_schema_change='append_new_columns',
    meta={'touched': {
        'ticket_key': "select ticket_id from {{ ref('int_touched_ticket') }}",
        'interaction_type': "select * from (values ('call'), ('chat'), ('activity'), ('event'), ('post'), ('form'), ('survey_answer')) as written_whole",
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

-- of texts only the comments of answers, masked (docs/domain/service.md#excerpts)
said as (

    select
        answer.response_key,
        {{ masked_excerpt('answer.comment', ['person.last_name', 'person.first_name', 'person.last_name_kana', 'person.first_name_kana']) }}
            as excerpt_masked
    from {{ ref('int_survey_answer') }} as answer
    left join {{ ref('dim_contact_pii') }} as person on answer.contact_key = person.contact_key
    where trim(answer.comment) <> ''

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
    from {{ ref('int_contact_record') }} as contacted
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
        outcome,
        cast(null as {{ dbt.type_string() }}) as excerpt_masked
    from told
    union all
    select
        {{ surrogate_key(["'survey_answer'", 'answer.response_key']) }}, 'survey_answer', cast(null as {{ dbt.type_string() }}),
        answer.customer_key, answer.contact_key, answer.responded_at, answer.response_date, 'survey', 'inbound', false,
        answer.response_class, said.excerpt_masked
    from {{ ref('fct_survey_response') }} as answer
    left join said on answer.response_key = said.response_key

)

select * from final
