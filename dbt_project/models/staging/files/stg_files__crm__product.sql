{{ config(meta={'touched': {'product_id': "{{ loaded_since('files__crm__product') }}"}}) }}

with records as (

    {{ current_records('files__crm__product') }}

)

select
    *,
    {{ var('build_id') }} as _build_id
from records
