{{ config(meta={'touched': {'user_id': "{{ loaded_since('files__product__user') }}"}}) }}

with records as (

    {{ current_records('files__product__user') }}

)

select
    *,
    {{ var('build_id') }} as _build_id
from records
