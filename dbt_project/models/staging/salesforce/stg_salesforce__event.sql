{{ config(meta={'touched': {'activity_id': "{{ loaded_since('salesforce__event') }}"}}) }}

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
    coalesce(EndDateTime, StartDateTime, {{ local_midnight('ActivityDate') }}) as occurred_at,
    {{ var('build_id') }} as _build_id
from source
