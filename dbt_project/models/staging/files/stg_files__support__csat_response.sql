{{ config(meta={'touched': {'response_id': "{{ loaded_since('files__support__csat_response') }}"}}) }}

with records as (

    {{ current_records('files__support__csat_response') }}

)

select
    *,
    {{ var('build_id') }} as _build_id
from records
