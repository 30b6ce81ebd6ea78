-- grain: evaluation date × item known by then × stage of its process

with evaluated as (

    select * from {{ ref('int_evaluated_customer') }}

),

item as (

    select * from {{ ref('int_content_item') }}

),

stage as (

    select * from {{ ref('int_active_process_stage') }} where measure is null

),

net as (

    select * from {{ ref('int_net_stage_time') }}

),

item_stage as (

    select
        evaluated.evaluated_on,
        evaluated.evaluated_until,
        item.item_id,
        item.customer_key,
        item.process_id,
        stage.stage_no,
        stage.stage_code,
        stage.is_last_stage,
        net.achieved_at,
        net.last_event_at,
        case stage.required_field
            when 'planned_publish_date' then item.planned_publish_date
            when 'interview_date' then item.interview_date
        end as field_date
    from item
    inner join evaluated
        on item.customer_key = evaluated.customer_key and coalesce(item.known_at < evaluated.evaluated_until, true)
    inner join stage on item.process_id = stage.process_id
    left join net
        on evaluated.evaluated_on = net.evaluated_on
        and item.item_id = net.item_id
        and stage.stage_code = net.stage_code

),

final as (

    select
        evaluated_on,
        item_id,
        customer_key,
        process_id,
        stage_no,
        stage_code,
        is_last_stage,
        achieved_at,
        last_event_at,
        -- fields have no history: one counts from the start, unless the stage's event came only after the date
        achieved_at is not null or (
            field_date is not null
            and coalesce(
                max(case when evaluated_on = {{ as_of_date() }} then achieved_at end)
                    over (partition by item_id, stage_no) < evaluated_until, true
            )
        ) as is_achieved
    from item_stage

)

select * from final
