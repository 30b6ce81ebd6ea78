{{ config(meta={'touched': {'event_id': "{{ loaded_since('files__success__advocacy_event') }}"}}) }}

with records as (

    {{ current_records('files__success__advocacy_event') }}

)

select
    *,
    {{ var('build_id') }} as _build_id
from records
