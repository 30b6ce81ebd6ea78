{{ config(
    pre_hook="{{ forget_changed('zendesk__organizations', 'id', to_instant('updated_at'), 'organization_id') }}"
) }}

-- Keeps deleted organisations: tickets refer to them.
with source as (

    {{ latest_version('zendesk__organizations', 'id', to_instant('updated_at'), keep_deleted=true) }}

)

select
    id as organization_id,
    nullif(external_id, '') as external_id,
    coalesce(nullif(external_id, ''), 'zendesk:' || id) as account_id,
    name,
    -- a JSON array of texts
    domain_names,
    {{ json_text('organization_fields', 'corporate_number') }} as corporate_number,
    {{ to_instant('created_at') }} as created_at,
    {{ to_instant('updated_at') }} as updated_at,
    _is_deleted or deleted_at is not null as is_deleted,
    {{ var('build_id') }} as _build_id
from source
