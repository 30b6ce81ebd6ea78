{{ config(meta={'touched': {'review_id': "{{ loaded_since('files__success__activation_review') }}"}}) }}

with records as (

    {{ current_records('files__success__activation_review') }}

)

select
    *,
    {{ var('build_id') }} as _build_id
from records
