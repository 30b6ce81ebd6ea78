{{ config(meta={'touched': {'activity_id': "{{ loaded_since('salesforce__event') }}"}}) }}

-- Without the copies that Salesforce makes for each user who is invited.
with source as (

    {{ current_records('salesforce__event') }}

)

select
    Id as activity_id,
    AccountId as account_id,
    WhoId as who_id,
    Type as type,
    EventSubtype as subtype,
    OwnerId as owner_id,
    true as is_closed,
    -- Salesforce writes an all-day event's day as midnight of UTC, wherever the company is
    case
        when IsAllDayEvent then {{ local_midnight('coalesce(EndDateTime, StartDateTime, ActivityDate)') }}
        else coalesce(EndDateTime, StartDateTime, {{ local_midnight('ActivityDate') }})
    end as occurred_at,
    {{ var('build_id') }} as _build_id
from source
where not coalesce(IsChild, false)
