{{ config(meta={'touched': {'user_id': "{{ loaded_since('salesforce__user') }}"}}) }}

-- Keeps deleted users: accounts and deals refer to them.
with source as (

    {{ current_records('salesforce__user', keep_deleted=true) }}

)

select
    Id as user_id,
    Name as name,
    Title as job_title,
    Department as department,
    coalesce(IsActive, false) and not _is_deleted as is_active,
    CreatedDate as created_at,
    SystemModstamp as updated_at,
    {{ var('build_id') }} as _build_id
from source
