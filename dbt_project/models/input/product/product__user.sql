select
    {{ entity_select('product__user') }}
from {{ file_records('product__user') }} as landed
