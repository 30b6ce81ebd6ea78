with files as (

    select
        *,
        {{ known_code('content_type', ['story', 'knowhow', 'report']) }} as type_code
    from {{ ref('stg_files__process__content_item') }}

)

select {{ entity_select('process__content_item', renamed={'content_type': 'type_code'}) }}
from files
