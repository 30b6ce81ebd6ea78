with files as (

    select
        *,
        lower(event) as lower_event
    from {{ ref('stg_files__process__stage_event') }}

)

select {{ entity_select('process__stage_event', renamed={'event': 'lower_event'}) }}
from files
