{{ config(meta={'touched': {'assessment_id': "{{ loaded_since('files__success__fit_assessment') }}"}}) }}

with records as (

    {{ current_records('files__success__fit_assessment') }}

)

select
    *,
    {{ var('build_id') }} as _build_id
from records
