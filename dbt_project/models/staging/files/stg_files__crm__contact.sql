{{ config(meta={'touched': {'contact_id': "{{ loaded_since('files__crm__contact') }}"}}) }}

with records as (

    {{ current_records('files__crm__contact') }}

)

select
    *,
    {{ var('build_id') }} as _build_id
from records
