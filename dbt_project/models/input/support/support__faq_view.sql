select
    {{ entity_select('support__faq_view') }}
from {{ file_records('support__faq_view') }} as landed
union all
select
    {{ entity_select('support__faq_view') }}
from {{ ref('stg_database__support__faq_view') }}
