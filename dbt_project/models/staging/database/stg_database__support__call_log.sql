{{ config(meta={'touched': {'call_id': "{{ loaded_since('database__support__call_log') }}"}}) }}

with records as (

    {{ current_records('database__support__call_log') }}

)

select
    *,
    {{ var('build_id') }} as _build_id
from records
