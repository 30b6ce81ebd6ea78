{{ config(meta={'touched': {'member_id': "{{ loaded_since('files__success__community_member') }}"}}) }}

with records as (

    {{ current_records('files__success__community_member') }}

)

select
    *,
    {{ var('build_id') }} as _build_id
from records
