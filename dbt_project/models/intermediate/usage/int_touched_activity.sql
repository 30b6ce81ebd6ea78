-- grain: customer × week × kind; weeks whose uses, log-ins and counts of records may have changed since the last build, and
-- the first one whose licences may have: some were loaded, the week has ended, or the account stands for another customer
-- (kind is null then, but for licences)

with last_week as (

    select {{ last_week_end() }} as week_end, {{ last_week_end(last_build_date()) }} as week_end_before

),

loaded as (

    select
        coalesce(identity.customer_key, 'unknown') as customer_key,
        {{ week_end_of('touched.activity_date') }} as week_end,
        touched.kind,
        touched.has_user_id
    from {{ ref('stg_touched__activity') }} as touched
    left join {{ ref('int_customer_identity') }} as identity on touched.account_id = identity.account_id
    union
    -- of an account that stands for another customer since, also what it has lost
    select changed.previous_customer_key, {{ week_end_of('touched.activity_date') }}, touched.kind, touched.has_user_id
    from {{ ref('stg_touched__activity') }} as touched
    inner join {{ ref('int_changed_account') }} as changed on touched.account_id = changed.account_id

),

moved_activity as (

    select activity.week_end, changed.customer_key, changed.previous_customer_key
    from {{ ref('int_usage_activity') }} as activity
    inner join {{ ref('int_changed_account') }} as changed on activity.account_id = changed.account_id

),

moved as (

    select moved_activity.*, cast(null as {{ dbt.type_string() }}) as kind from moved_activity
    union all
    select {{ week_end_of('counted.count_date') }}, changed.customer_key, changed.previous_customer_key, 'count'
    from {{ ref('product__object_count') }} as counted
    inner join {{ ref('int_changed_account') }} as changed on counted.account_id = changed.account_id
    union all
    select {{ week_end_of('license.valid_from') }}, changed.customer_key, changed.previous_customer_key, 'license'
    from {{ ref('product__license') }} as license
    inner join {{ ref('int_changed_account') }} as changed on license.account_id = changed.account_id

),

final as (

    select customer_key, week_end, kind, has_user_id from loaded
    union
    select customer_key, week_end, kind, false as has_user_id from moved
    union
    select previous_customer_key as customer_key, week_end, kind, false as has_user_id from moved
    union
    select activity.customer_key, activity.week_end, null as kind, false as has_user_id
    from {{ ref('int_usage_activity') }} as activity
    inner join last_week on activity.week_end > last_week.week_end_before

)

select final.*
from final
inner join last_week on final.week_end <= last_week.week_end
