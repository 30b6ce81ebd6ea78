select
    {{ entity_select('success__activation_review') }}
from {{ file_records('success__activation_review') }} as landed
