-- C-41: every customer of a process has each stage of the definition once, with a flag of 0 or 1 or, of use, none.
select stage.customer_key, stage.process_id, count(*) as stages
from {{ ref('mart_activation_stage') }} as stage
where stage.as_of_date = {{ as_of_date() }}
group by stage.customer_key, stage.process_id
having count(*) <> (
    select count(*) from {{ ref('dim_process_stage') }} as definition
    where definition.process_id = stage.process_id
        and definition.valid_from <= {{ as_of_date() }}
        and coalesce(definition.valid_to, {{ as_of_date() }}) >= {{ as_of_date() }}
)
or min(stage.goal_flag) not in (0, 1) or max(stage.goal_flag) not in (0, 1)
union all
-- … and a level, if enough of the goals is known, so the two marts hold the same customers
select
    coalesce(stage.customer_key, level.customer_key) as customer_key,
    coalesce(stage.process_id, level.process_id) as process_id,
    0 as stages
from (
    select customer_key, process_id from {{ ref('mart_activation_stage') }}
    where as_of_date = {{ as_of_date() }}
    group by customer_key, process_id
    having sum(case when goal_flag is not null then weight else 0 end)
        >= sum(weight) * cast('{{ '%.6f' % var('activation_min_coverage') }}' as decimal(9, 6))
) as stage
full outer join (
    select customer_key, process_id from {{ ref('mart_activation_level') }} where as_of_date = {{ as_of_date() }}
) as level
    on stage.customer_key = level.customer_key and stage.process_id = level.process_id
where stage.customer_key is null or level.customer_key is null
