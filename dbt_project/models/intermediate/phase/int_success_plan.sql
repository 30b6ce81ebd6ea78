-- grain: customer with a success plan; of its newest one, by the beginning of its steps, the first step not achieved, the
-- last once all are (docs/domain/activation.md#success-plans)
with step as (

    select * from {{ ref('mart_success_plan_progress') }}

),

plan as (

    select
        customer_key,
        plan_id,
        min(started_at) as began_at,
        coalesce(min(case when achieved_at is null then step_no end), 3) as success_plan_step
    from step
    where customer_key <> 'unknown'
    group by customer_key, plan_id

),

final as (

    select customer_key, cast(success_plan_step as smallint) as success_plan_step
    from plan
    qualify row_number() over (
        partition by customer_key order by began_at desc nulls last, plan_id desc
    ) = 1

)

select * from final
