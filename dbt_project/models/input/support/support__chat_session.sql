select
    {{ entity_select('support__chat_session') }}
from {{ file_records('support__chat_session') }} as landed
