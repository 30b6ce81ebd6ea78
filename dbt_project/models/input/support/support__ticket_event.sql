{%- set statuses = ['new', 'open', 'pending', 'hold', 'solved', 'closed'] -%}
with zendesk as (

    select
        events.event_id,
        events.ticket_id,
        events.type,
        {{ known_code('events.from_status', statuses) }} as from_status,
        {{ known_code('events.to_status', statuses) }} as to_status,
        events.is_public,
        case
            -- Zendesk itself is -1; rules and triggers act in an agent's name
            when events.author_id = '-1' or events.via_channel in ('rule', 'system', 'answer_bot') then 'bot'
            -- what the author was at the time (docs/domain/service.md#past-and-present)
            when roles.role is not null then roles.role
            when events.author_id = tickets.requester_id then 'end_user'
            else 'agent'
        end as actor_role,
        events.occurred_at,
        greatest(
            events._build_id, coalesce(users._build_id, 0), coalesce(tickets._build_id, 0)
        ) as _build_id
    from {{ ref('stg_zendesk__ticket_events') }} as events
    left join {{ ref('stg_zendesk__users') }} as users on events.author_id = users.user_id
    left join {{ ref('stg_versions__zendesk_role') }} as roles
        on events.author_id = roles.user_id
        and events.occurred_at >= roles.held_from
        and events.occurred_at < roles.held_until
    left join {{ ref('stg_zendesk__tickets') }} as tickets on events.ticket_id = tickets.ticket_id

),

-- What a case is called now means what the case is now (docs/domain/service.md#tickets-of-salesforce).
cases as (

    select * from {{ ref('support__ticket') }} where ticket_id like 'salesforce:%'

),

case_change as (

    select
        history.*,
        case
            when history.from_status = written.status then cases.status
            else {{ code_meaning('ticket_status', 'history.from_status') }}
        end as from_code,
        case
            when history.to_status = written.status then cases.status
            else {{ code_meaning('ticket_status', 'history.to_status') }}
        end as to_code,
        greatest(history._build_id, coalesce(cases._build_id, 0)) as latest_build_id
    from {{ ref('stg_salesforce__case_history') }} as history
    left join {{ ref('stg_salesforce__case') }} as written on history.ticket_id = written.ticket_id
    left join cases on history.ticket_id = cases.ticket_id

),

salesforce as (

    select event_id, ticket_id, 'status_change' as type, from_code, to_code, occurred_at, latest_build_id from case_change
    union all
    -- without a history of its status a case still says when it was closed
    select ticket_id || '-closed', ticket_id, 'status_change', null, 'closed', closed_at, _build_id
    from {{ ref('stg_salesforce__case') }}
    where is_closed and not is_deleted and closed_at is not null and ticket_id not in (select ticket_id from case_change)

),

files as (

    select
        *,
        _source_file || '#' || row_number() over (partition by _source_file order by _row) as event_id,
        {{ known_code('type', ['status_change', 'comment', 'assign']) }} as type_code,
        {{ code_meaning('ticket_status', 'from_status') }} as from_code,
        {{ code_meaning('ticket_status', 'to_status') }} as to_code,
        {{ known_code('actor_role', ['agent', 'end_user', 'bot']) }} as role_code
    from {{ ref('stg_files__support__ticket_event') }}

),

final as (

    select * from zendesk
    union all
    select event_id, ticket_id, type, from_code, to_code, null, null, occurred_at, latest_build_id from salesforce
    union all
    select
        event_id,
        {{ entity_select('support__ticket_event', renamed={
            'type': 'type_code', 'from_status': 'from_code', 'to_status': 'to_code', 'actor_role': 'role_code',
        }) }}
    from files

)

select * from final
