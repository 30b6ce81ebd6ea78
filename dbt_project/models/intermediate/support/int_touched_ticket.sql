-- Tickets whose figures may have changed since the last build: they, their events or survey answers were loaded, or have
-- come into view with the date; an organisation or a person has; their account stands for another customer, or an id of
-- theirs for another record.
with ticket as (

    select * from {{ ref('support__ticket') }}

),

final as (

    select ticket_id from {{ ref('stg_touched__ticket') }}
    union
    -- of answers that name a ticket by its external id alone, now or before
    select ticket_id from {{ ref('stg_zendesk__tickets') }}
    where external_id in (select external_id from {{ ref('stg_touched__ticket') }})
    union
    select ticket_id from {{ ref('stg_salesforce__case') }}
    where case_id in (select external_id from {{ ref('stg_touched__ticket') }})
        or substr(case_id, 1, 15) in (select external_id from {{ ref('stg_touched__ticket') }})
        or case_number in (select external_id from {{ ref('stg_touched__ticket') }})
    union
    select ticket_id from ticket
    where _build_id = {{ var('build_id') }}
        or created_at >= {{ last_build_end() }}
        or updated_at >= {{ last_build_end() }}
        or account_id in (select account_id from {{ ref('int_changed_account') }})
        or contact_id in (select record_id from {{ ref('int_changed_record_id') }})
    union
    select ticket_id from {{ ref('support__ticket_event') }}
    where _build_id = {{ var('build_id') }} or occurred_at >= {{ last_build_end() }}
    union
    select ticket_id from {{ ref('support__csat_response') }}
    where responded_at >= {{ last_build_end() }}

)

select ticket_id from final
where ticket_id is not null and {{ is_later_build() }}
