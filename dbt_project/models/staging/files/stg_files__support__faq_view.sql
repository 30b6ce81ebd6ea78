{{ config(meta={'touched': {'_source_file': "{{ loaded_since('files__support__faq_view') }}"}}) }}

with records as (

    {{ current_records('files__support__faq_view') }}

)

select
    *,
    {{ var('build_id') }} as _build_id
from records
