-- docs/domain/activation.md#usage: uses and log-ins of own staff (staff_users).
with activity as (

    select 'product__feature_use' as object, account_id, use_date as activity_date, user_id
    from {{ ref('product__feature_use') }}
    union all
    select 'product__login_event', account_id, {{ local_date('occurred_at') }}, user_id
    from {{ ref('product__login_event') }}

)

select
    'warehouse' as source,
    object,
    cast(null as {{ dbt.type_string() }}) as place,
    'user_id' as column_name,
    account_id || ' ' || activity_date as key,
    cast(null as decimal(18, 2)) as amount,
    cast(null as {{ dbt.type_string() }}) as currency
from activity
where {{ is_staff('user_id') }}
