{{ config(meta={'touched': {'call_id': "{{ loaded_since('files__support__call_log') }}"}}) }}

with records as (

    {{ current_records('files__support__call_log') }}

)

select
    *,
    {{ var('build_id') }} as _build_id
from records
