{{ config(meta={'touched': {'count_id': "{{ loaded_since('database__product__object_count') }}"}}) }}

with records as (

    {{ current_records('database__product__object_count') }}

)

select
    *,
    {{ var('build_id') }} as _build_id
from records
