-- grain: customer × week ending on Sunday (docs/domain/activation.md#usage). Only weeks whose 28 days changed are
-- rebuilt.
{{ config(
    materialized='incremental',
    incremental_strategy='replace_keys',
    on_schema_change='append_new_columns',
    meta={'touched': {
        '(customer_key, week_end)': "select customer_key, week_end from {{ ref('int_touched_usage_week') }}"
    }}
) }}

with activity as (

    select * from {{ ref('int_usage_activity') }}

),

week as (

    select * from {{ ref('int_usage_week') }}
    where {{ is_touched(
        '(customer_key, week_end)', 'select customer_key, week_end from ' ~ ref('int_touched_usage_week')
    ) }}

),

-- 28 days are the week and the three before it; distinct people and features are counted over all of it, never summed
measured as (

    select
        week.customer_key,
        week.week_end,
        sum(case when activity.week_end = week.week_end then activity.uses end) as uses_7d,
        sum(activity.uses) as uses_28d,
        count(distinct activity.feature_code) as features_used_28d,
        sum(case when activity.kind = 'login' then 1 else 0 end) as logins_28d,
        count(distinct case when activity.kind = 'login' then activity.activity_date end) as login_days_28d,
        count(distinct activity.user_id) as active_users_28d
    from week
    left join activity
        on week.customer_key = activity.customer_key
        and activity.week_end between week.week_end - 21 and week.week_end
    group by week.customer_key, week.week_end

),

final as (

    select
        measured.customer_key,
        measured.week_end,
        week.feature_use_rows_7d,
        week.logins_7d,
        {%- for column in ['uses_7d', 'uses_28d', 'features_used_28d'] %}
        cast(case
            when week.feature_use_rows_7d is not null then coalesce(measured.{{ column }}, 0)
        end as bigint) as {{ column }},
        {%- endfor %}
        {%- for column in ['logins_28d', 'login_days_28d'] %}
        cast(case when week.logins_7d is not null then measured.{{ column }} end as integer) as {{ column }},
        {%- endfor %}
        cast(case when week.has_user_ids then measured.active_users_28d end as integer) as active_users_28d
    from measured
    inner join week on measured.customer_key = week.customer_key and measured.week_end = week.week_end

)

select * from final
