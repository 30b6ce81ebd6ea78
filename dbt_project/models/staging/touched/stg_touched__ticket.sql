-- Tickets that were loaded since the last build, whose events or survey answers were, or that have an external id which a
-- loaded ticket or answer names or named: answers may know a ticket by that id alone (ruling §0.1).
with ticket as (

    select id as ticket_id, external_id
    from {{ source('raw', 'zendesk__tickets') }}
    where {{ is_read_again('zendesk__tickets', 'id', zendesk_ticket_cursor()) }}

),

answer as (

    select trim(ticket_id) as ticket_id, trim(ticket_external_id) as external_id
    from {{ source('raw', 'files__support__csat_response') }}
    where {{ is_read_again('files__support__csat_response', 'trim(response_id)') }}

),

same_external_id as (

    select ticket_id
    from {{ ref('stg_zendesk__tickets') }}
    where external_id in (select external_id from ticket) or external_id in (select external_id from answer)

),

final as (

    select ticket_id from ticket
    union
    select ticket_id from answer
    union
    select ticket_id from same_external_id
    union
    select trim(ticket_id) as ticket_id
    from {{ source('raw', 'files__support__ticket') }}
    where {{ is_read_again('files__support__ticket', 'trim(ticket_id)') }}
    union
    select ticket_id
    from {{ source('raw', 'zendesk__ticket_events') }}
    where {{ is_read_again('zendesk__ticket_events', 'id', zendesk_event_cursor()) }}
    union
    select trim(ticket_id) as ticket_id
    from {{ source('raw', 'files__support__ticket_event') }}
    where {{ is_read_again('files__support__ticket_event', '_source_file') }}

)

select * from final
