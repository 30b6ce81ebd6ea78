{{ config(meta={'touched': {'activity_id': "{{ loaded_since('files__success__cs_activity') }}"}}) }}

with records as (

    {{ current_records('files__success__cs_activity') }}

)

select
    *,
    {{ var('build_id') }} as _build_id
from records
