select
    {{ entity_select('success__advocacy_event') }}
from {{ ref('stg_files__success__advocacy_event') }}
