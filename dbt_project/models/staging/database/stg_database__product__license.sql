{{ config(meta={'touched': {'license_id': "{{ loaded_since('database__product__license') }}"}}) }}

with records as (

    {{ current_records('database__product__license') }}

)

select
    *,
    {{ var('build_id') }} as _build_id
from records
