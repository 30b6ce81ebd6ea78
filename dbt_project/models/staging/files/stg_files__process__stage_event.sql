{{ config(meta={'touched': {'_source_file': "{{ loaded_since('files__process__stage_event') }}"}}) }}

with records as (

    {{ current_records('files__process__stage_event') }}

)

select
    *,
    {{ var('build_id') }} as _build_id
from records
