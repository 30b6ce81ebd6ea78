-- grain: evaluation date × item × stage with an event by then; net achievement: a revert cancels what was achieved before
-- it, so the stage counts from the first achievement after the last revert (docs/domain/activation.md#stage-events)

with event as (

    select * from {{ ref('process__stage_event') }}

),

evaluation_date as (

    select * from {{ ref('int_evaluation_date') }}

),

event_until as (

    select
        evaluation_date.evaluated_on,
        event.item_id,
        event.stage_code,
        event.event,
        event.achieved_at,
        max(case when event.event = 'reverted' then event.achieved_at end) over (
            partition by evaluation_date.evaluated_on, event.item_id, event.stage_code
        ) as last_reverted_at
    from event
    inner join evaluation_date on event.achieved_at < evaluation_date.evaluated_until

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
