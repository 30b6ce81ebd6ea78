-- grain: customer × process × stage × as_of_date (docs/domain/activation.md#level)
with goal as (

    select * from {{ ref('int_activation_goal') }} where evaluated_on = {{ as_of_date() }}

),

relevant_item as (

    select * from {{ ref('int_content_item_wide') }}
    where evaluated_on = {{ as_of_date() }} and is_relevant

),

item_stage as (

    select * from {{ ref('fct_content_item_stage') }}

),

duration as (

    select
        item_stage.customer_key,
        item_stage.process_id,
        item_stage.stage_no,
        percentile_cont(0.5) within group (order by item_stage.stage_duration_days) as median_duration_days,
        percentile_cont(0.9) within group (order by item_stage.stage_duration_days) as p90_duration_days,
        sum(case when item_stage.is_overdue then 1 else 0 end) as overdue_items
    from item_stage
    inner join relevant_item on item_stage.item_id = relevant_item.item_id
    group by item_stage.customer_key, item_stage.process_id, item_stage.stage_no

),

final as (

    select
        goal.customer_key,
        goal.process_id,
        cast(goal.stage_no as smallint) as stage_no,
        {{ as_of_date() }} as as_of_date,
        goal.goal_flag,
        goal.items_achieved,
        goal.measure,
        goal.threshold,
        goal.measure_of,
        cast(goal.window_days as integer) as window_days,
        goal.measured_value,
        goal.measured_week,
        -- the contributions of a process are its score, where there is one
        {{ rate('goal.goal_flag * goal.weight * 10', 'level.total_weight * 10') }} as contribution,
        goal.latest_achieved_at,
        cast(duration.median_duration_days as decimal(9, 2)) as median_duration_days,
        cast(duration.p90_duration_days as decimal(9, 2)) as p90_duration_days,
        cast(case when goal.measure is null then coalesce(duration.overdue_items, 0) end as integer) as overdue_items,
        goal.actor,
        goal.weight,
        goal.definition_version
    from goal
    left join {{ ref('int_activation_level') }} as level
        on goal.evaluated_on = level.evaluated_on
        and goal.customer_key = level.customer_key
        and goal.process_id = level.process_id
    left join duration
        on goal.customer_key = duration.customer_key
        and goal.process_id = duration.process_id
        and goal.stage_no = duration.stage_no

)

select * from final
