{{ config(meta={'touched': {'delivery_id': "{{ loaded_since('files__ma__message') }}"}}) }}

with records as (

    {{ current_records('files__ma__message') }}

)

select
    *,
    {{ var('build_id') }} as _build_id
from records
