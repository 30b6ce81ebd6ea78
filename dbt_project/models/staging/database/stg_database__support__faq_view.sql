{{ config(meta={'touched': {'view_id': "{{ loaded_since('database__support__faq_view') }}"}}) }}

with records as (

    {{ current_records('database__support__faq_view') }}

)

select
    *,
    {{ var('build_id') }} as _build_id
from records
