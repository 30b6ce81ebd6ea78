{{ config(meta={'touched': {'event_id': "{{ loaded_since('database__product__login_event') }}"}}) }}

with records as (

    {{ current_records('database__product__login_event') }}

)

select
    *,
    {{ var('build_id') }} as _build_id
from records
