-- grain: lead × stage it has reached, with the days to the next stage (docs/domain/activation.md#funnel). A stage that no lead
-- was ever seen at is left out.
{%- set days = var('funnel_maturity_days') %}
{%- set stages = ['lead', 'mql', 'sql', 'opportunity', 'won', 'onboarded', 'adopted', 'renewed'] %}
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
        is_imputed_{{ stage }} as is_imputed,
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
        having stage_code in ('lead', 'won', 'renewed') or sum(case when is_imputed then 0 else 1 end) > 0
    ) as observed

),

final as (

    select
        reached.*,
        stage.next_stage_code,
        stage.days_to_next,
        case
            when not reached.is_imputed and not following.is_imputed
                then {{ dbt.datediff('reached.stage_date', 'following.stage_date', 'day') }}
        end as days_to_next_stage
    from reached
    inner join stage on reached.stage_code = stage.stage_code
    left join reached as following
        on reached.lead_key = following.lead_key and stage.next_stage_code = following.stage_code

)

select * from final
