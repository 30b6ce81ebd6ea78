{{ config(meta={'touched': {'ticket_id': "{{ loaded_since('files__support__ticket') }}"}}) }}

with records as (

    {{ current_records('files__support__ticket') }}

)

select
    *,
    {{ var('build_id') }} as _build_id
from records
