{{ config(meta={'touched': {'_source_file': "{{ loaded_since('files__crm__exchange_rate') }}"}}) }}

with records as (

    {{ current_records('files__crm__exchange_rate') }}

)

select
    *,
    {{ var('build_id') }} as _build_id
from records
