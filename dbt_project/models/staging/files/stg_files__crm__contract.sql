{{ config(meta={'touched': {'contract_id': "{{ loaded_since('files__crm__contract') }}"}}) }}

with records as (

    {{ current_records('files__crm__contract') }}

)

select
    *,
    {{ var('build_id') }} as _build_id
from records
