{{ config(meta={'touched': {'opportunity_id': "{{ loaded_since('files__sfa__opportunity') }}"}}) }}

with records as (

    {{ current_records('files__sfa__opportunity') }}

)

select
    *,
    {{ var('build_id') }} as _build_id
from records
