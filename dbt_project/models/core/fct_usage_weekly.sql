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

-- 28 days are the week and the three before it: each activity is in the windows of four weeks, joined by their ends
-- and not by customer alone, which would pair a customer's every week with its every activity
in_window as (

    select
        *,
        {{ date_series('week_end', 'week_end + 21', 'week') }} as window_end
    from activity

),

-- distinct people and features are counted over all of it, never summed
measured as (

    select
        week.customer_key,
        week.week_end,
        sum(case when in_window.week_end = week.week_end then in_window.uses end) as uses_7d,
        sum(in_window.uses) as uses_28d,
        {{ count_distinct_where('in_window.feature_code', 'in_window.feature_code is not null') }} as features_used_28d,
        sum(case when in_window.kind = 'login' then 1 else 0 end) as logins_28d,
        {{ count_distinct_where('in_window.activity_date', "in_window.kind = 'login'") }} as login_days_28d,
        {{ count_distinct_where('in_window.user_id', 'in_window.user_id is not null') }} as active_users_28d
    from week
    left join in_window
        on week.customer_key = in_window.customer_key and week.week_end = in_window.window_end
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
