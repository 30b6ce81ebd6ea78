-- grain: customer × advice of the playbook, by its code, and whether the customer took it up (docs/domain/activation.md#advice)
with told as (

    select
        coalesce(identity.customer_key, 'unknown') as customer_key,
        action.action_code,
        {{ local_date('action.advised_at') }} as advised_on,
        case when action.done_at < {{ as_of_end() }} then {{ local_date('action.done_at') }} end as adopted_on
    from {{ ref('success__playbook_action') }} as action
    left join {{ ref('int_customer_identity') }} as identity on action.account_id = identity.account_id
    where action.advised_at < {{ as_of_end() }} and not {{ is_test_customer("coalesce(identity.customer_key, 'unknown')") }}

),

counted as (

    select
        customer_key,
        action_code,
        count(*) as times_advised,
        min(advised_on) as advised_on,
        min(adopted_on) as adopted_on
    from told
    group by customer_key, action_code

),

final as (

    select
        customer_key,
        action_code,
        cast(times_advised as integer) as times_advised,
        advised_on,
        adopted_on,
        adopted_on is not null as is_adopted,
        cast(case when adopted_on is not null then greatest(0, {{ dbt.datediff('advised_on', 'adopted_on', 'day') }}) end as integer)
            as days_to_adoption
    from counted

)

select * from final
