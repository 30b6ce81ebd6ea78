{{ config(meta={'touched': {'submission_id': "{{ loaded_since('hubspot__form_submissions') }}"}}) }}

-- Of what was filled in, only the address is read: it says who it was.
with source as (

    {{ current_records('hubspot__form_submissions') }}

)

select
    conversionId as submission_id,
    formId as form_id,
    nullif(lower(trim({{ json_value_of_id('source.values', 'email', 'name') }})), '') as email,
    submittedAt as occurred_at,
    {{ var('build_id') }} as _build_id
from source
