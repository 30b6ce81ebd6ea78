-- A survey tool may know only the ticket's external id, a case's Id or number (docs/domain/sources.md#support). Zendesk's own answers have ids that
-- no file's can be.
with responses as (

    select * from {{ file_records('support__csat_response') }} as landed

),

named as (

    select external_id, ticket_id, created_at, is_deleted, _build_id from {{ ref('stg_zendesk__tickets') }}
    {%- for name in ['case_id', 'substr(case_id, 1, 15)', 'case_number'] %}
    union all
    select {{ name }}, ticket_id, created_at, is_deleted, _build_id from {{ ref('stg_salesforce__case') }}
    {%- endfor %}

),

tickets as (

    select
        external_id,
        case when not is_deleted then ticket_id end as ticket_id,
        max(_build_id) over (partition by external_id) as _build_id
    from named
    where external_id is not null
    -- an id used again: the latest live ticket has it
    qualify row_number() over (
        partition by external_id order by is_deleted asc, created_at desc nulls last, ticket_id desc
    ) = 1

),

linked as (

    select
        responses.*,
        coalesce(responses.ticket_id, tickets.ticket_id) as rated_ticket_id,
        greatest(responses._build_id, coalesce(tickets._build_id, 0)) as latest_build_id
    from responses
    left join tickets on responses.ticket_external_id = tickets.external_id

),

of_zendesk as (

    select rating_id as response_id, ticket_id, requester_id as user_id, score, 2 as scale_max, comment, responded_at, _build_id
    from {{ ref('stg_zendesk__satisfaction_ratings') }}
    union all
    select response_id, ticket_id, responder_id as user_id, score, scale_max, comment, responded_at, _build_id
    from {{ ref('stg_zendesk__survey_responses') }}

),

person as (

    select source_id as user_id, contact_id from {{ ref('int_person_match') }}
    where source_system = 'zendesk' and id_type = 'ticket_requester'

),

zendesk as (

    select
        'zendesk:' || of_zendesk.response_id as response_id,
        of_zendesk.ticket_id,
        person.contact_id,
        of_zendesk.score,
        of_zendesk.scale_max,
        of_zendesk.comment,
        of_zendesk.responded_at,
        of_zendesk._build_id
    from of_zendesk
    left join person on of_zendesk.user_id = person.user_id

),

final as (

    select
        {{ entity_select(
            'support__csat_response', renamed={'ticket_id': 'rated_ticket_id', '_build_id': 'latest_build_id'}
        ) }}
    from linked
    union all
    select
        {{ entity_select(
            'support__csat_response',
            held=['response_id', 'ticket_id', 'contact_id', 'score', 'scale_max', 'comment', 'responded_at', '_build_id'],
        ) }}
    from zendesk

)

select * from final
