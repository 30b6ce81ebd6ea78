select
    {{ entity_select('success__community_event') }}
from {{ file_records('success__community_event') }} as landed
