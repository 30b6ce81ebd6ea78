{{ config(meta={'touched': {'order_line_id': "{{ loaded_since('files__crm__order_line') }}"}}) }}

with records as (

    {{ current_records('files__crm__order_line') }}

)

select
    *,
    {{ var('build_id') }} as _build_id
from records
