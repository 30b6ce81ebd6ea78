{{ config(meta={'touched': {'_source_file': "{{ loaded_since('files__product__object_count') }}"}}) }}

with records as (

    {{ current_records('files__product__object_count') }}

)

select
    *,
    {{ var('build_id') }} as _build_id
from records
