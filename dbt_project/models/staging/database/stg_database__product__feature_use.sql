{{ config(meta={'touched': {'use_id': "{{ loaded_since('database__product__feature_use') }}"}}) }}

with records as (

    {{ current_records('database__product__feature_use') }}

)

select
    *,
    {{ var('build_id') }} as _build_id
from records
