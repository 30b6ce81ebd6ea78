{{ config(meta={'touched': {'post_id': "{{ loaded_since('files__success__community_post') }}"}}) }}

with records as (

    {{ current_records('files__success__community_post') }}

)

select
    *,
    {{ var('build_id') }} as _build_id
from records
