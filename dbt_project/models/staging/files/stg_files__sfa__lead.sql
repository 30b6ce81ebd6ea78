{{ config(meta={'touched': {'lead_id': "{{ loaded_since('files__sfa__lead') }}"}}) }}

with records as (

    {{ current_records('files__sfa__lead') }}

)

select
    *,
    {{ var('build_id') }} as _build_id
from records
