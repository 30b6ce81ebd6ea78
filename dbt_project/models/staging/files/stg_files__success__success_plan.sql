{{ config(meta={'touched': {'plan_id': "{{ loaded_since('files__success__success_plan') }}"}}) }}

with records as (

    {{ current_records('files__success__success_plan') }}

)

select
    *,
    {{ var('build_id') }} as _build_id
from records
