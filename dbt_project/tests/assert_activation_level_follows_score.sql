-- C-43: level 5 needs a full score and regular publication; level 0 is score 0.
select customer_key, process_id, activation_level, activation_score, is_regular
from {{ ref('mart_activation_level') }}
where as_of_date = {{ as_of_date() }}
    and (
        (activation_level = 5 and not (is_regular and activation_score = 1))
        or (activation_level = 0) <> (activation_score = 0)
    )
