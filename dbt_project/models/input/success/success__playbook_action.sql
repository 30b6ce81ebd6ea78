select
    {{ entity_select('success__playbook_action') }}
from {{ ref('stg_files__success__playbook_action') }}
