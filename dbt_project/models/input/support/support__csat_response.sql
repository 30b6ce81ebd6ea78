-- A survey tool may know only the ticket's external id (docs/domain/sources.md#support).
with responses as (

    select * from {{ file_records('support__csat_response') }} as landed

),

tickets as (

    select
        external_id,
        -- an id used again: the latest live ticket has it
        max(case when not is_deleted then ticket_id end) as ticket_id,
        max(_build_id) as _build_id
    from {{ ref('stg_zendesk__tickets') }}
    where external_id is not null
    group by external_id

),

linked as (

    select
        responses.*,
        coalesce(responses.ticket_id, tickets.ticket_id) as rated_ticket_id,
        greatest(responses._build_id, coalesce(tickets._build_id, 0)) as latest_build_id
    from responses
    left join tickets on responses.ticket_external_id = tickets.external_id

),

final as (

    select
        {{ entity_select(
            'support__csat_response', renamed={'ticket_id': 'rated_ticket_id', '_build_id': 'latest_build_id'}
        ) }}
    from linked

)

select * from final
