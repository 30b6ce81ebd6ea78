-- grain: success plan × step: 1 design, 2 settle, 3 improve (docs/domain/activation.md#success-plans). A step begins when it
-- is said to, else when the one before it was achieved.
with plan as (

    select
        plan.*,
        coalesce(identity.customer_key, 'unknown') as customer_key
    from {{ ref('success__success_plan') }} as plan
    left join {{ ref('int_customer_identity') }} as identity on plan.account_id = identity.account_id
    where not {{ is_test_customer("coalesce(identity.customer_key, 'unknown')") }}

),

told as (

    select
        plan_id,
        step_no,
        max(roadmap_target_date) as roadmap_target_date,
        min(case when started_at < {{ as_of_end() }} then started_at end) as started_at,
        min(case when achieved_at < {{ as_of_end() }} then achieved_at end) as achieved_at
    from {{ ref('success__success_plan_step') }}
    group by plan_id, step_no

),

number as (

    {% for step_no in [1, 2, 3] %}select {{ step_no }} as step_no{{ ' union all ' if not loop.last }}{% endfor %}

),

step as (

    select
        plan.plan_id,
        number.step_no,
        told.roadmap_target_date,
        told.achieved_at,
        coalesce(told.started_at, lag(told.achieved_at) over (partition by plan.plan_id order by number.step_no)) as started_at
    from plan
    cross join number
    left join told on plan.plan_id = told.plan_id and number.step_no = told.step_no

),

final as (

    select
        plan.plan_id,
        cast(step.step_no as smallint) as step_no,
        plan.customer_key,
        step.roadmap_target_date,
        step.started_at,
        step.achieved_at,
        cast(case when step.started_at is not null then greatest(0, {{ dbt.datediff(
            local_date('step.started_at'), 'coalesce(' ~ local_date('step.achieved_at') ~ ', ' ~ as_of_date() ~ ')', 'day'
        ) }}) end as integer) as days_in_step,
        step.roadmap_target_date < coalesce({{ local_date('step.achieved_at') }}, {{ as_of_date() }}) as is_late,
        plan.goal_type,
        plan.scope,
        plan.kpi_name,
        plan.kpi_baseline,
        -- figures have four decimals, rate() takes two
        {{ rate('plan.kpi_actual * 100', 'plan.kpi_target * 100', 'decimal(18, 6)') }} as kpi_attainment,
        plan.kpi_actual as kpi_attainment_num,
        plan.kpi_target as kpi_attainment_den,
        plan.exec_sponsor_confirmed,
        plan.operation_team_confirmed
    from step
    inner join plan on step.plan_id = plan.plan_id

)

select * from final
