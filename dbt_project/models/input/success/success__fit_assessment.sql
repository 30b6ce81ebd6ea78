select
    {{ entity_select('success__fit_assessment') }}
from {{ ref('stg_files__success__fit_assessment') }}
