-- Findings that say of an object that something of it is missing, one row a finding, until they are made good.
select
    finding_id,
    source,
    object,
    business_date
from {{ source('ops', 'finding') }}
where severity = 'incomplete' and status <> 'made_good'
