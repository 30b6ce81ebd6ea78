select
    {{ entity_select('success__community_post', renamed={'answered_by_role': code_meaning('answer_role', 'answered_by_role')}) }}
from {{ file_records('success__community_post') }} as landed
