select
    {{ entity_select('support__faq_view') }}
from {{ file_records('support__faq_view') }} as landed
