{{ config(meta={'touched': {'user_id': "{{ loaded_since('zendesk__users') }}"}}) }}

-- Keeps deactivated users: tickets and their events refer to them.
with source as (

    {{ current_records('zendesk__users', keep_deleted=true) }}

)

select
    id as user_id,
    external_id,
    organization_id,
    name,
    lower(email) as email,
    phone,
    {{ zendesk_role() }} as role,
    created_at as created_at,
    updated_at as updated_at,
    _is_deleted as is_deleted,
    {{ var('build_id') }} as _build_id
from source
