-- C-43: level 5 needs a full score and regular publication; level 0 is score 0.
select customer_key, process_id, activation_level, activation_score, is_regular
from {{ ref('mart_activation_level') }}
where as_of_date = {{ as_of_date() }}
    and (
        (activation_level = 5 and not (is_regular and activation_score = 1))
        or (activation_level = 0) <> (activation_score = 0)
    )
union all
-- the contributions of its goals are the score, each rounded to a millionth
select level.customer_key, level.process_id, level.activation_level, sum(stage.contribution), level.is_regular
from {{ ref('mart_activation_level') }} as level
inner join {{ ref('mart_activation_stage') }} as stage
    on level.customer_key = stage.customer_key
    and level.process_id = stage.process_id
    and level.as_of_date = stage.as_of_date
where level.as_of_date = {{ as_of_date() }}
group by level.customer_key, level.process_id, level.activation_level, level.activation_score, level.is_regular
having abs(coalesce(sum(stage.contribution), 0) - level.activation_score) > count(*) * 0.000001
