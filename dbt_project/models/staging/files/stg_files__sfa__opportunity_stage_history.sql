{{ config(meta={'touched': {'_source_file': "{{ loaded_since('files__sfa__opportunity_stage_history') }}"}}) }}

with records as (

    {{ current_records('files__sfa__opportunity_stage_history') }}

)

select
    *,
    {{ var('build_id') }} as _build_id
from records
