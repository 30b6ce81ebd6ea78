select
    {{ entity_select('support__chat_session') }}
from {{ file_records('support__chat_session') }} as landed
union all
select
    {{ entity_select('support__chat_session') }}
from {{ ref('stg_database__support__chat_session') }}
