select
    {{ entity_select('success__onboarding_task') }}
from {{ ref('stg_files__success__onboarding_task') }}
