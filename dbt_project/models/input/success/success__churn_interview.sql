select
    {{ entity_select('success__churn_interview', renamed={'reason_code': code_meaning('churn_reason', 'reason_code')}) }}
from {{ ref('stg_files__success__churn_interview') }}
