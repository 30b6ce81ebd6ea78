{{ config(meta={'touched': {'order_id': "{{ loaded_since('files__crm__order') }}"}}) }}

with records as (

    {{ current_records('files__crm__order') }}

)

select
    *,
    {{ var('build_id') }} as _build_id
from records
