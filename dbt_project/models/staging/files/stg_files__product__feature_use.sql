{{ config(meta={'touched': {'_source_file': "{{ loaded_since('files__product__feature_use') }}"}}) }}

with records as (

    {{ current_records('files__product__feature_use') }}

)

select
    *,
    {{ var('build_id') }} as _build_id
from records
