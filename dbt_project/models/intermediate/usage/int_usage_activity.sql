{{ config(materialized='view') }}

-- grain: use of a feature or log-in, every row of the feeds, equal rows too; with its customer and its week

with feature_use as (

    select * from {{ ref('product__feature_use') }}

),

login_event as (

    select * from {{ ref('product__login_event') }}

),

identity as (

    select * from {{ ref('int_customer_identity') }}

),

activity as (

    select
        account_id,
        use_date as activity_date,
        'use' as kind,
        user_id,
        feature_code,
        uses
    from feature_use
    union all
    select
        account_id,
        {{ local_date('occurred_at') }} as activity_date,
        'login' as kind,
        user_id,
        null as feature_code,
        null as uses
    from login_event

),

final as (

    select
        coalesce(identity.customer_key, 'unknown') as customer_key,
        activity.account_id,
        activity.activity_date,
        {{ week_end_of('activity.activity_date') }} as week_end,
        activity.kind,
        activity.user_id,
        activity.feature_code,
        activity.uses
    from activity
    left join identity on activity.account_id = identity.account_id
    where {{ week_end_of('activity.activity_date') }} <= {{ last_week_end() }}
        and not {{ is_test_customer("coalesce(identity.customer_key, 'unknown')") }}
        and not {{ is_staff('activity.user_id') }}

)

select * from final
