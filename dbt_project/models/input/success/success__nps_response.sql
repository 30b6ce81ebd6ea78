select
    {{ entity_select('success__nps_response') }}
from {{ ref('stg_files__success__nps_response') }}
