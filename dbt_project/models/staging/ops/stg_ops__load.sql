-- Committed runs that were loaded, one row a run.
select
    load_id,
    source,
    object,
    area,
    business_date
from {{ source('ops', 'loads') }}
