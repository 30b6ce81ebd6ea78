{{ config(meta={'touched': {'attendance_id': "{{ loaded_since('files__success__community_event') }}"}}) }}

with records as (

    {{ current_records('files__success__community_event') }}

)

select
    *,
    {{ var('build_id') }} as _build_id
from records
