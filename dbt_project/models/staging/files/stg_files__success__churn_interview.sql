{{ config(meta={'touched': {'interview_id': "{{ loaded_since('files__success__churn_interview') }}"}}) }}

with records as (

    {{ current_records('files__success__churn_interview') }}

)

select
    *,
    {{ var('build_id') }} as _build_id
from records
