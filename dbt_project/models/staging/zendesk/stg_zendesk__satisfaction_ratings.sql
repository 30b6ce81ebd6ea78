{{ config(meta={'touched': {'rating_id': "{{ loaded_since('zendesk__satisfaction_ratings') }}"}}) }}

-- Ratings of the legacy survey, those that were offered and not answered too.
with source as (

    {{ current_records('zendesk__satisfaction_ratings') }}

)

select
    id as rating_id,
    ticket_id,
    requester_id,
    case when lower(score) like 'good%' then 2 when lower(score) like 'bad%' then 1 end as score,
    comment,
    updated_at as responded_at,
    {{ var('build_id') }} as _build_id
from source
