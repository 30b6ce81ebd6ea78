select
    {{ entity_select('success__training_enrolment') }}
from {{ file_records('success__training_enrolment') }} as landed
