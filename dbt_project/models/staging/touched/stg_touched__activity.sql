-- Account and day of every version of the uses and log-ins that were loaded since the last build.
with feature_use as (

    select account_id, use_date, user_id, _business_date
    from {{ source('raw', 'files__product__feature_use') }}
    where {{ is_read_again('files__product__feature_use') }}
    union all
    select account_id, use_date, user_id, _business_date
    from {{ source('raw', 'database__product__feature_use') }}
    where {{ is_read_again('database__product__feature_use') }}

),

login_event as (

    select account_id, occurred_at, user_id, _business_date
    from {{ source('raw', 'files__product__login_event') }}
    where {{ is_read_again('files__product__login_event') }}
    union all
    select account_id, occurred_at, user_id, _business_date
    from {{ source('raw', 'database__product__login_event') }}
    where {{ is_read_again('database__product__login_event') }}

),

final as (

    select distinct
        'use' as kind,
        {{ read_text('account_id', 'id') }} as account_id,
        {{ read_text('use_date', 'date') }} as activity_date,
        {{ read_text('user_id', 'id') }} is not null as has_user_id
    from feature_use
    union all
    select distinct
        'login' as kind,
        {{ read_text('account_id', 'id') }} as account_id,
        {{ local_date(read_text('occurred_at', 'instant')) }} as activity_date,
        {{ read_text('user_id', 'id') }} is not null as has_user_id
    from login_event

)

select * from final
