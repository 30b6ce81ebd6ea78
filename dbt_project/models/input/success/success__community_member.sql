select
    {{ entity_select('success__community_member') }}
from {{ file_records('success__community_member') }} as landed
