{{ config(meta={'touched': {'step_id': "{{ loaded_since('files__success__success_plan_step') }}"}}) }}

with records as (

    {{ current_records('files__success__success_plan_step') }}

)

select
    *,
    {{ var('build_id') }} as _build_id
from records
