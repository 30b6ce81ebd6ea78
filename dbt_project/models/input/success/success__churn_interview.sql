select
    {{ entity_select('success__churn_interview') }}
from {{ ref('stg_files__success__churn_interview') }}
