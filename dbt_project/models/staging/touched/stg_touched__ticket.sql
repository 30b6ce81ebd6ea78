-- Tickets that were loaded since the last build, or whose events or survey answers were, and the external ids that they name
-- or named: answers may know a ticket by that id alone (docs/domain/sources.md#support).
with ticket as (

    select id as ticket_id, {{ read_text('external_id', 'id') }} as external_id
    from {{ source('raw', 'zendesk__tickets') }}
    where {{ is_read_again('zendesk__tickets') }}

),

answer as (

    select {{ read_text('ticket_id', 'id') }} as ticket_id, {{ read_text('ticket_external_id', 'id') }} as external_id
    from {{ source('raw', 'files__support__csat_response') }}
    where {{ is_read_again('files__support__csat_response') }}

),

final as (

    select ticket_id, external_id from ticket
    union
    {%- for name in ['Id', 'substr(Id, 1, 15)', 'CaseNumber'] %}
    select 'salesforce:' || Id as ticket_id, {{ name }} as external_id
    from {{ source('raw', 'salesforce__case') }}
    where {{ is_read_again('salesforce__case') }}
    {{ 'union' if not loop.last }}
    {%- endfor %}
    union
    select 'salesforce:' || CaseId as ticket_id, null as external_id
    from {{ source('raw', 'salesforce__case_history') }}
    where {{ is_read_again('salesforce__case_history') }}
    union
    select ticket_id, external_id from answer
    union
    select {{ read_text('ticket_id', 'id') }} as ticket_id, null as external_id
    from {{ source('raw', 'files__support__ticket') }}
    where {{ is_read_again('files__support__ticket') }}
    union
    select ticket_id, null as external_id
    from {{ source('raw', 'zendesk__satisfaction_ratings') }}
    where {{ is_read_again('zendesk__satisfaction_ratings') }}
    union
    select nullif(regexp_extract(subjects, 'ticket:([^"]+)', 1), '') as ticket_id, null as external_id
    from {{ source('raw', 'zendesk__survey_responses') }}
    where {{ is_read_again('zendesk__survey_responses') }}
    union
    select ticket_id, null as external_id
    from {{ source('raw', 'zendesk__ticket_events') }}
    where {{ is_read_again('zendesk__ticket_events') }}
    union
    select {{ read_text('ticket_id', 'id') }} as ticket_id, null as external_id
    from {{ source('raw', 'files__support__ticket_event') }}
    where {{ is_read_again('files__support__ticket_event') }}

)

select * from final
