with events as (

    select * from {{ ref('stg_zendesk__ticket_events') }}

),

users as (

    select * from {{ ref('stg_zendesk__users') }}

),

tickets as (

    select * from {{ ref('stg_zendesk__tickets') }}

),

zendesk as (

    select
        events.event_id,
        events.ticket_id,
        events.type,
        {{ ticket_status('events.from_status') }} as from_status,
        {{ ticket_status('events.to_status') }} as to_status,
        events.is_public,
        case
            -- Zendesk itself is -1; rules and triggers act in an agent's name
            when events.author_id = '-1' or events.via_channel in ('rule', 'system', 'answer_bot') then 'bot'
            when users.role is not null then users.role
            when events.author_id = tickets.requester_id then 'end_user'
            else 'agent'
        end as actor_role,
        events.occurred_at,
        greatest(
            events._build_id, coalesce(users._build_id, 0), coalesce(tickets._build_id, 0)
        ) as _build_id
    from events
    left join users on events.author_id = users.user_id
    left join tickets on events.ticket_id = tickets.ticket_id

),

files as (

    select
        _source_file || '#' || row_number() over (partition by _source_file order by _row) as event_id,
        {{ entity_select('support__ticket_event', expressions={
            'type': known_code('type', ['status_change', 'comment', 'assign']),
            'from_status': ticket_status('from_status'), 'to_status': ticket_status('to_status'),
            'actor_role': known_code('actor_role', ['agent', 'end_user', 'bot']),
        }) }}
    from {{ ref('stg_files__support__ticket_event') }}

),

final as (

    select * from zendesk
    union all
    select * from files

)

select * from final
