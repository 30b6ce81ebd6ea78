{{ config(meta={'touched': {'action_id': "{{ loaded_since('files__success__playbook_action') }}"}}) }}

with records as (

    {{ current_records('files__success__playbook_action') }}

)

select
    *,
    {{ var('build_id') }} as _build_id
from records
