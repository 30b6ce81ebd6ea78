select
    {{ entity_select('success__success_plan') }}
from {{ ref('stg_files__success__success_plan') }}
