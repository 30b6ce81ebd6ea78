select
    {{ entity_select('ma__conversion') }}
from {{ file_records('ma__conversion') }} as landed
