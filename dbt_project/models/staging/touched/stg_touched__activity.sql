-- Account and day of every version of the uses, log-ins, counts of records and licences (their first day) that were loaded
-- since the last build.
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

object_count as (

    select account_id, count_date, _business_date
    from {{ source('raw', 'files__product__object_count') }}
    where {{ is_read_again('files__product__object_count') }}
    union all
    select account_id, count_date, _business_date
    from {{ source('raw', 'database__product__object_count') }}
    where {{ is_read_again('database__product__object_count') }}

),

license as (

    select account_id, valid_from, _business_date
    from {{ source('raw', 'files__product__license') }}
    where {{ is_read_again('files__product__license') }}
    union all
    select account_id, valid_from, _business_date
    from {{ source('raw', 'database__product__license') }}
    where {{ is_read_again('database__product__license') }}

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
    union all
    select distinct
        'count' as kind,
        {{ read_text('account_id', 'id') }} as account_id,
        {{ read_text('count_date', 'date') }} as activity_date,
        false as has_user_id
    from object_count
    union all
    select distinct
        'license' as kind,
        {{ read_text('account_id', 'id') }} as account_id,
        {{ read_text('valid_from', 'date') }} as activity_date,
        false as has_user_id
    from license

)

select * from final
