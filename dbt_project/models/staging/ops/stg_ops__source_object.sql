-- The catalogue of source objects.
select
    source,
    object,
    area,
    is_required,
    frequency
from {{ source('ops', 'source_objects') }}
