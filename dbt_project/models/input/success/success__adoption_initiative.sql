select
    {{ entity_select('success__adoption_initiative', renamed={'driver': code_meaning('adoption_driver', 'driver')}) }}
from {{ ref('stg_files__success__adoption_initiative') }}
