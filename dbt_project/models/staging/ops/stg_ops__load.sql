-- Committed runs that were loaded, one row a run.
select
    load_id,
    source,
    object,
    area,
    business_date,
    newest_drop
from {{ source('ops', 'loads') }}
