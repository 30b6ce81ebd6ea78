-- grain: customer × complete week with any use or log-in. Only touched weeks are counted again.
{{ config(
    materialized='incremental',
    incremental_strategy='replace_keys',
    meta={'touched': {
        '(customer_key, week_end)': "select customer_key, week_end from {{ ref('int_touched_activity') }}"
    }}
) }}

with activity as (

    select * from {{ ref('int_usage_activity') }}
    where {{ is_touched(
        '(customer_key, week_end)', 'select customer_key, week_end from ' ~ ref('int_touched_activity')
    ) }}

),

final as (

    select
        customer_key,
        week_end,
        cast(sum(case when kind = 'use' then 1 else 0 end) as integer) as feature_use_rows,
        cast(sum(case when kind = 'login' then 1 else 0 end) as integer) as logins,
        count(user_id) > 0 as has_user_ids
    from activity
    group by customer_key, week_end

)

select * from final
