{{ config(meta={'touched': {'activity_id': "{{ loaded_since('salesforce__task') }}"}}) }}

with source as (

    {{ current_records('salesforce__task') }}

)

select
    Id as activity_id,
    AccountId as account_id,
    WhoId as who_id,
    Type as type,
    TaskSubtype as subtype,
    OwnerId as owner_id,
    IsClosed as is_closed,
    coalesce(CompletedDateTime, {{ local_midnight('ActivityDate') }}, CreatedDate) as occurred_at,
    {{ var('build_id') }} as _build_id
from source
