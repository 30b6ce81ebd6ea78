{{ config(meta={'touched': {'session_id': "{{ loaded_since('database__support__chat_session') }}"}}) }}

with records as (

    {{ current_records('database__support__chat_session') }}

)

select
    *,
    {{ var('build_id') }} as _build_id
from records
