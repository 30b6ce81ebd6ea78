select
    {{ entity_select('success__nps_response') }}
from {{ file_records('success__nps_response') }} as landed
