-- Customers whose activation at a past month-end may have changed since the last build: their content items, contracts,
-- lines or use have, their account where a field of it is a goal, or they stand for other accounts. All customers, if another
-- definition is in force; if the first item or week of use may be or have been a touched one, which says since when there are
-- levels; if a feed of use may begin or end elsewhere (int_moved_use_feed); or if a goal's field may be known since or no more.
with account as (

    select coalesce(meant.record_id, touched.account_id) as account_id
    from {{ ref('stg_touched__content_item') }} as touched
    left join {{ ref('int_record_id') }} as meant on touched.account_id = meant.given_id
    union
    select account_id from {{ ref('process__content_item') }}
    where item_id in (select item_id from {{ ref('int_touched_content_item') }})

),

touched_time as (

    select known_at from {{ ref('stg_touched__content_item') }}
    union all
    select achieved_at from {{ ref('process__stage_event') }}
    where item_id in (select item_id from {{ ref('stg_touched__content_item') }})

),

field_goal as (

    select measure_of from {{ ref('int_active_process_stage') }} where measure = 'account_field'

),

untouched as (

    select
        {{ filled_account_fields('account', 'account._build_id < ' ~ var('build_id')) }}
    from {{ ref('crm__account') }} as account
    inner join {{ ref('int_customer_identity') }} as identity on account.account_id = identity.account_id
    where not {{ is_test_customer('identity.customer_key') }}

),

reason_for_all as (

    select 'first_item' as reason from touched_time where coalesce(
        known_at <= (select min(known_at) from {{ ref('int_content_item') }}),
        0 = (select count(known_at) from {{ ref('int_content_item') }})
    )
    union all
    select process_id from {{ ref('int_changed_process') }}
    union all
    select feed from {{ ref('int_moved_use_feed') }}
    union all
    select field_goal.measure_of
    from field_goal
    cross join untouched
    where coalesce({{ account_field_of('field_goal.measure_of', 'untouched') }}, 0) = 0

),

final as (

    select customer_key from {{ ref('int_touched_customer') }}
    union
    select customer_key from {{ ref('int_touched_activity') }}
    where week_end < {{ month_of(last_build_date()) }}
        and 0 < (select count(*) from {{ ref('int_active_process_stage') }} where measure is not null)
    union
    select identity.customer_key
    from {{ ref('crm__account') }} as field_account
    inner join {{ ref('int_customer_identity') }} as identity on field_account.account_id = identity.account_id
    where field_account._build_id = {{ var('build_id') }} and 0 < (select count(*) from field_goal)
    union
    select identity.customer_key
    from account
    inner join {{ ref('int_customer_identity') }} as identity on account.account_id = identity.account_id
    union
    select customer_key from {{ ref('int_customer_identity') }}
    where 0 < (select count(*) from reason_for_all)

)

select customer_key from final
