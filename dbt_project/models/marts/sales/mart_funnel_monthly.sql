-- grain: month × basis × source × stage; sources add up to `all` (docs/domain/activation.md#funnel). `cohort`: leads by the
-- month they came in; `period`: stages by the month they were reached.
with step as (

    select * from {{ ref('int_funnel_step') }}

),

stage as (

    select distinct stage_code, stage_order, next_stage_code, days_to_mature, days_to_next from step

),

counted as (

    select
        cohort_month as month,
        'cohort' as basis,
        coalesce(lead_source, 'all') as source,
        stage_code,
        count(*) as reached,
        percentile_cont(0.5) within group (order by days_to_next_stage) as median_days_to_next
    from step
    group by cohort_month, stage_code, cube(lead_source)
    union all
    select
        {{ month_of('stage_date') }} as month,
        'period' as basis,
        coalesce(lead_source, 'all') as source,
        stage_code,
        count(*) as reached,
        null as median_days_to_next
    from step
    group by {{ month_of('stage_date') }}, stage_code, cube(lead_source)

),

-- every stage of a month and source, where none was reached with 0
every_stage as (

    select seen.*, stage.*
    from (select distinct month, basis, source from counted) as seen
    cross join stage

),

funnelled as (

    select
        every_stage.*,
        coalesce(counted.reached, 0) as reached,
        counted.median_days_to_next,
        {{ add_months('every_stage.month', 1) }} - 1 as month_end,
        max(case when every_stage.stage_code = 'lead' then counted.reached end)
            over (partition by every_stage.month, every_stage.basis, every_stage.source) as leads,
        lead(coalesce(counted.reached, 0))
            over (partition by every_stage.month, every_stage.basis, every_stage.source order by every_stage.stage_order)
            as next_reached
    from every_stage
    left join counted
        on every_stage.month = counted.month
        and every_stage.basis = counted.basis
        and every_stage.source = counted.source
        and every_stage.stage_code = counted.stage_code

),

final as (

    select
        month as cohort_month,
        basis,
        source,
        stage_code,
        cast(stage_order as smallint) as stage_order,
        next_stage_code,
        cast(reached as integer) as reached,
        cast(next_reached as integer) as next_reached,
        case when basis = 'cohort' and month_end + days_to_next <= {{ as_of_date() }} then {{ shown_rate('next_reached', 'reached') }} end
            as conversion_rate,
        case when basis = 'cohort' and month_end + days_to_mature <= {{ as_of_date() }} then {{ shown_rate('reached', 'leads') }} end
            as cumulative_rate,
        cast(median_days_to_next as decimal(9, 2)) as median_days_to_next,
        month_end + case when basis = 'cohort' then days_to_next else 0 end <= {{ as_of_date() }} as is_matured
    from funnelled

)

select * from final
