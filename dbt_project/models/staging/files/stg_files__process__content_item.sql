{{ config(meta={'touched': {'item_id': "{{ loaded_since('files__process__content_item') }}"}}) }}

with records as (

    {{ current_records('files__process__content_item') }}

)

select
    *,
    {{ var('build_id') }} as _build_id
from records
