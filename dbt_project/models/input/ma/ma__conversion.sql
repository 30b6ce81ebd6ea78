select
    {{ entity_select('ma__conversion') }}
from {{ ref('stg_files__ma__conversion') }}
