{{ config(meta={'touched': {'enrolment_id': "{{ loaded_since('files__success__training_enrolment') }}"}}) }}

with records as (

    {{ current_records('files__success__training_enrolment') }}

)

select
    *,
    {{ var('build_id') }} as _build_id
from records
