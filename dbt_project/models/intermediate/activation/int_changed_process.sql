{{ config(materialized='view') }}

-- Processes of which another definition is in force than in the last build. None in a full build.
select process_id
from {{ ref('activation_definition') }}
group by process_id
having max(case when {{ last_build_date() }} between valid_from and coalesce(valid_to, {{ last_build_date() }}) then version end)
    is distinct from
    max(case when {{ as_of_date() }} between valid_from and coalesce(valid_to, {{ as_of_date() }}) then version end)
