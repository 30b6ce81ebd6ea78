select
    {{ entity_select('process__stage_event', expressions={'event': 'lower(event)'}) }}
from {{ ref('stg_files__process__stage_event') }}
