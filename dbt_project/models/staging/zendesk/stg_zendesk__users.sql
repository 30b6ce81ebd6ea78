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
    case
        when {{ json_text('user_fields', 'is_bot') }} = 'true' or {{ json_array_holds('tags', 'bot') }} then 'bot'
        when role = 'end-user' then 'end_user'
        when role in ('agent', 'admin') then 'agent'
        else 'other'
    end as role,
    created_at as created_at,
    updated_at as updated_at,
    _is_deleted as is_deleted,
    {{ var('build_id') }} as _build_id
from source
