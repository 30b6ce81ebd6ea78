{{ config(meta={'touched': {'task_id': "{{ loaded_since('files__success__onboarding_task') }}"}}) }}

with records as (

    {{ current_records('files__success__onboarding_task') }}

)

select
    *,
    {{ var('build_id') }} as _build_id
from records
