{{ config(meta={'touched': {'organization_id': "{{ loaded_since('zendesk__organizations') }}"}}) }}

-- Keeps deleted organisations: tickets refer to them.
with source as (

    {{ current_records('zendesk__organizations', keep_deleted=true) }}

)

select
    id as organization_id,
    external_id,
    'zendesk:' || id as account_id,
    name,
    -- a JSON array of texts
    domain_names,
    {{ json_text('organization_fields', 'corporate_number') }} as corporate_number,
    created_at as created_at,
    updated_at as updated_at,
    _is_deleted or deleted_at is not null as is_deleted,
    {{ var('build_id') }} as _build_id
from source
