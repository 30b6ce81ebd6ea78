-- Zendesk's calls count for the organisation of the ticket, else of the caller, as its tickets do.
with zendesk as (

    select
        'zendesk:' || calls.call_id as call_id,
        {{ code_meaning('call_direction', 'calls.direction') }} as direction,
        organizations.account_id,
        coalesce(meant.record_id, users.external_id) as contact_id,
        calls.ticket_id,
        calls.ring_at,
        case when calls.talk_time > 0 then calls.connected_at end as answered_at,
        calls.ended_at,
        -- a voice mail, too, is completed once it is left
        case
            when {{ code_meaning('call_result', 'calls.completion_status') }} = 'answered' and coalesce(calls.talk_time, 0) = 0
                then 'other'
            else {{ code_meaning('call_result', 'calls.completion_status') }}
        end as result,
        calls.agent_id,
        greatest(
            calls._build_id, coalesce(users._build_id, 0), coalesce(tickets._build_id, 0), coalesce(organizations._build_id, 0)
        ) as _build_id
    from {{ ref('stg_zendesk__calls') }} as calls
    left join {{ ref('stg_zendesk__tickets') }} as tickets on calls.ticket_id = tickets.ticket_id
    left join {{ ref('stg_zendesk__users') }} as users on calls.customer_id = users.user_id
    left join {{ ref('int_record_id') }} as meant on users.external_id = meant.given_id
    left join {{ ref('stg_zendesk__organizations') }} as organizations
        on coalesce(tickets.organization_id, users.organization_id) = organizations.organization_id

),

own as (

    select {{ entity_select('support__call_log') }} from {{ file_records('support__call_log') }} as landed
    union all
    select {{ entity_select('support__call_log') }} from {{ ref('stg_database__support__call_log') }}

),

coded as (

    select
        *,
        {{ code_meaning('call_direction', 'direction') }} as direction_code,
        {{ code_meaning('call_result', 'result') }} as result_code
    from own

),

final as (

    select
        {{ entity_select('support__call_log', held=[
            'call_id', 'direction', 'account_id', 'contact_id', 'ticket_id', 'ring_at', 'answered_at', 'ended_at', 'result',
            'agent_id', '_build_id',
        ]) }}
    from zendesk
    union all
    select {{ entity_select('support__call_log', renamed={'direction': 'direction_code', 'result': 'result_code'}) }}
    from coded

)

select * from final
