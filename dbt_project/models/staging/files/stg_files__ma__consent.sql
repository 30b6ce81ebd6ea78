{{ config(meta={'touched': {'_source_file': "{{ loaded_since('files__ma__consent') }}"}}) }}

with records as (

    {{ current_records('files__ma__consent') }}

)

select
    *,
    {{ var('build_id') }} as _build_id
from records
