-- grain: evaluation date × customer × process × stage; 1 when any relevant item has reached the stage
-- (docs/domain/activation.md#relevant-items), or use its threshold, or the
-- field of an account is filled (#goals-of-use); null where that is not known

with member as (

    select * from {{ ref('int_process_member') }}

),

stage as (

    select * from {{ ref('int_active_process_stage') }}

),

item_stage as (

    select * from {{ ref('int_content_item_stage') }}

),

relevant_item as (

    select * from {{ ref('int_content_item_wide') }} where is_relevant

),

reached as (

    select
        item_stage.evaluated_on,
        item_stage.customer_key,
        item_stage.process_id,
        item_stage.stage_no,
        cast(count(*) as integer) as items_achieved,
        max(item_stage.achieved_at) as latest_achieved_at
    from item_stage
    inner join relevant_item
        on item_stage.evaluated_on = relevant_item.evaluated_on and item_stage.item_id = relevant_item.item_id
    where item_stage.is_achieved
    group by item_stage.evaluated_on, item_stage.customer_key, item_stage.process_id, item_stage.stage_no

),

final as (

    select
        member.evaluated_on,
        member.customer_key,
        member.process_id,
        stage.stage_no,
        stage.stage_code,
        stage.actor,
        stage.weight,
        stage.definition_version,
        stage.measure,
        stage.threshold,
        stage.regular_weeks,
        stage.measure_of,
        stage.window_days,
        coalesce(use_goal.measured_value, field_goal.measured_value) as measured_value,
        use_goal.measured_week,
        use_goal.is_held,
        cast(case
            when stage.measure is null then case when reached.items_achieved > 0 then 1 else 0 end
            when coalesce(use_goal.measured_value, field_goal.measured_value) >= stage.threshold then 1
            when coalesce(use_goal.measured_value, field_goal.measured_value) < stage.threshold then 0
        end as smallint) as goal_flag,
        case when stage.measure is null then coalesce(reached.items_achieved, 0) end as items_achieved,
        reached.latest_achieved_at
    from member
    inner join stage on member.process_id = stage.process_id
    left join reached
        on member.evaluated_on = reached.evaluated_on
        and member.customer_key = reached.customer_key
        and member.process_id = reached.process_id
        and stage.stage_no = reached.stage_no
    left join {{ ref('int_use_goal') }} as use_goal
        on member.evaluated_on = use_goal.evaluated_on
        and member.customer_key = use_goal.customer_key
        and member.process_id = use_goal.process_id
        and stage.stage_no = use_goal.stage_no
    left join {{ ref('int_field_goal') }} as field_goal
        on member.evaluated_on = field_goal.evaluated_on
        and member.customer_key = field_goal.customer_key
        and member.process_id = field_goal.process_id
        and stage.stage_no = field_goal.stage_no

)

select * from final
