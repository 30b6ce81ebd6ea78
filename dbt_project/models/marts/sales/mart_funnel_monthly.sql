-- grain: month × basis × source × stage; sources add up to `all` (docs/domain/activation.md#funnel). `cohort`: leads by the
-- month they came in; `period`: stages by the month they were reached. A stage that no lead was ever seen at is left out.
{%- set days = var('funnel_maturity_days') %}
{%- set stages = ['lead', 'mql', 'sql', 'opportunity', 'won', 'renewed'] %}
with funnel as (

    select *, coalesce(source, 'unknown') as lead_source
    from {{ ref('fct_lead_funnel') }}
    where lead_date is not null

),

reached as (

    {% for stage in stages -%}
    select
        lead_key,
        lead_source,
        {{ month_of('lead_date') }} as cohort_month,
        '{{ stage }}' as stage_code,
        {{ loop.index }} as stage_order,
        {{ stage }}_date as stage_date,
        {{ 'is_imputed_' ~ stage if stage not in ('won', 'renewed') else 'false' }} as is_imputed,
        {{ days.get(stage, 0) }} as days_to_mature
    from funnel
    where {{ stage }}_date is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

stage as (

    select
        *,
        lead(stage_code) over (order by stage_order) as next_stage_code,
        coalesce(lead(days_to_mature) over (order by stage_order), days_to_mature) as days_to_next
    from (
        select stage_code, stage_order, days_to_mature
        from reached
        group by stage_code, stage_order, days_to_mature
        having stage_code = 'lead' or sum(case when is_imputed then 0 else 1 end) > 0
    ) as observed

),

step as (

    select
        reached.*,
        case
            when not reached.is_imputed and not following.is_imputed
                then {{ dbt.datediff('reached.stage_date', 'following.stage_date', 'day') }}
        end as days_to_next_stage
    from reached
    inner join stage on reached.stage_code = stage.stage_code
    left join reached as following
        on reached.lead_key = following.lead_key and stage.next_stage_code = following.stage_code

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
