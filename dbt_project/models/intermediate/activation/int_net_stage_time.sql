-- grain: evaluation date × item × stage with an event by then; net achievement: a revert cancels what was achieved before
-- it, so the stage counts from the first achievement after the last revert (docs/domain/activation.md#stage-events)

with event as (

    select * from {{ ref('process__stage_event') }}

),

item as (

    select * from {{ ref('int_content_item') }}

),

evaluated as (

    select * from {{ ref('int_evaluated_customer') }}

),

event_until as (

    select
        evaluated.evaluated_on,
        event.item_id,
        event.stage_code,
        event.event,
        event.achieved_at,
        max(case when event.event = 'reverted' then event.achieved_at end) over (
            partition by evaluated.evaluated_on, event.item_id, event.stage_code
        ) as last_reverted_at
    from event
    left join item on event.item_id = item.item_id
    inner join evaluated
        on coalesce(item.customer_key, 'unknown') = evaluated.customer_key
        and event.achieved_at < evaluated.evaluated_until

),

final as (

    select
        evaluated_on,
        item_id,
        stage_code,
        min(
            case
                when event = 'achieved' and (last_reverted_at is null or achieved_at > last_reverted_at)
                    then achieved_at
            end
        ) as achieved_at,
        max(achieved_at) as last_event_at,
        cast(count(*) as integer) as event_count,
        max(last_reverted_at) is not null as is_reverted
    from event_until
    group by evaluated_on, item_id, stage_code

)

select * from final
