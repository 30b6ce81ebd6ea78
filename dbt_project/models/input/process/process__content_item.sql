select
    {{ entity_select('process__content_item', expressions={
        'content_type': known_code('content_type', ['story', 'knowhow', 'report']),
    }) }}
from {{ ref('stg_files__process__content_item') }}
