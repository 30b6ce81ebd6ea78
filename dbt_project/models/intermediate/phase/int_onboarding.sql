-- grain: customer with mandatory onboarding tasks; the day the last of them was done (docs/domain/activation.md#phases)
with task as (

    select * from {{ ref('success__onboarding_task') }}
    where coalesce(is_mandatory, true)

),

identity as (

    select * from {{ ref('int_customer_identity') }}
    where customer_key <> 'unknown'

),

final as (

    select
        identity.customer_key,
        count(*) as mandatory_tasks,
        sum(case when task.done_at < {{ as_of_end() }} then 1 else 0 end) as done_tasks,
        case
            when count(*) = sum(case when task.done_at < {{ as_of_end() }} then 1 else 0 end)
                then max({{ local_date('task.done_at') }})
        end as onboarded_date
    from task
    inner join identity on task.account_id = identity.account_id
    group by identity.customer_key

)

select * from final
