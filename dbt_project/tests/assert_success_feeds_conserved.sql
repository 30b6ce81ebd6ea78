-- Every mandatory onboarding task of a known account is counted, every success plan but those of test accounts has its three
-- steps, and every step that is told is one of them; all advice but to test accounts is counted.
with task as (

    select count(*) as tasks
    from {{ ref('success__onboarding_task') }} as task
    inner join {{ ref('int_customer_identity') }} as identity on task.account_id = identity.account_id
    where coalesce(task.is_mandatory, true) and identity.customer_key <> 'unknown'

),

counted as (

    select coalesce(sum(mandatory_tasks), 0) as tasks from {{ ref('int_onboarding') }}

),

plan as (

    select plan.plan_id
    from {{ ref('success__success_plan') }} as plan
    left join {{ ref('int_customer_identity') }} as identity on plan.account_id = identity.account_id
    where not {{ is_test_customer("coalesce(identity.customer_key, 'unknown')") }}

),

progress as (

    select plan_id, count(*) as steps, count(achieved_at) as achieved
    from {{ ref('mart_success_plan_progress') }}
    group by plan_id

),

told as (

    select plan_id, count(distinct step_no) as achieved
    from {{ ref('success__success_plan_step') }}
    where achieved_at < {{ as_of_end() }}
    group by plan_id

),

advice as (

    select count(*) as times
    from {{ ref('success__playbook_action') }} as action
    left join {{ ref('int_customer_identity') }} as identity on action.account_id = identity.account_id
    where action.advised_at < {{ as_of_end() }} and not {{ is_test_customer("coalesce(identity.customer_key, 'unknown')") }}

),

given as (

    select coalesce(sum(times_advised), 0) as times from {{ ref('mart_playbook_action') }}

)

select 'tasks' as what, cast(task.tasks as {{ dbt.type_string() }}) as place
from task
cross join counted
where task.tasks <> counted.tasks
union all
select 'plan', plan.plan_id
from plan
left join progress on plan.plan_id = progress.plan_id
left join told on plan.plan_id = told.plan_id
where coalesce(progress.steps, 0) <> 3 or progress.achieved <> coalesce(told.achieved, 0)
union all
select 'advice', cast(advice.times as {{ dbt.type_string() }})
from advice
cross join given
where advice.times <> given.times
