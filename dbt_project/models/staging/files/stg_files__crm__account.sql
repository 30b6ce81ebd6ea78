{{ config(meta={'touched': {'account_id': "{{ loaded_since('files__crm__account') }}"}}) }}

with records as (

    {{ current_records('files__crm__account') }}

)

select
    *,
    {{ var('build_id') }} as _build_id
from records
