{{ config(meta={'touched': {'initiative_id': "{{ loaded_since('files__success__adoption_initiative') }}"}}) }}

with records as (

    {{ current_records('files__success__adoption_initiative') }}

)

select
    *,
    {{ var('build_id') }} as _build_id
from records
