-- Tickets that were loaded since the last build, whose events or survey answers were, or that have an external id which a
-- loaded ticket or answer names or named: answers may know a ticket by that id alone (docs/domain/sources.md#support).
with ticket as (

    select id as ticket_id, external_id
    from {{ source('raw', 'zendesk__tickets') }}
    where {{ is_read_again('zendesk__tickets') }}

),

answer as (

    select {{ read_text('ticket_id', 'text') }} as ticket_id, {{ read_text('ticket_external_id', 'text') }} as external_id
    from {{ source('raw', 'files__support__csat_response') }}
    where {{ is_read_again('files__support__csat_response') }}

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
    select {{ read_text('ticket_id', 'text') }} as ticket_id
    from {{ source('raw', 'files__support__ticket') }}
    where {{ is_read_again('files__support__ticket') }}
    union
    select ticket_id
    from {{ source('raw', 'zendesk__ticket_events') }}
    where {{ is_read_again('zendesk__ticket_events') }}
    union
    select {{ read_text('ticket_id', 'text') }} as ticket_id
    from {{ source('raw', 'files__support__ticket_event') }}
    where {{ is_read_again('files__support__ticket_event') }}

)

select * from final
