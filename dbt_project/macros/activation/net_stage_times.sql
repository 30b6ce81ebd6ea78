{#- Net achievement of an item's stages as of the end of each evaluation date: a revert cancels what was achieved
    before it, so the stage counts from the first achievement after the last revert (§4.7).
    `events` and `dates` are CTEs; dates: evaluated_on, evaluated_until. -#}
{% macro net_stage_times(events, dates) %}
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
    from (
        select
            dates.evaluated_on,
            events.item_id,
            events.stage_code,
            events.event,
            events.achieved_at,
            max(case when events.event = 'reverted' then events.achieved_at end) over (
                partition by dates.evaluated_on, events.item_id, events.stage_code
            ) as last_reverted_at
        from {{ events }} as events
        inner join {{ dates }} as dates on events.achieved_at < dates.evaluated_until
    ) as event_until
    group by evaluated_on, item_id, stage_code
{% endmacro %}
