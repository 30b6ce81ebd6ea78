-- grain: customer × week ending on Sunday (docs/domain/activation.md#usage). Weeks whose 28 days changed are rebuilt.
{{ config(
    materialized='incremental',
    incremental_strategy='replace_keys',
    on_schema_change='append_new_columns',
    meta={'touched': {
        '(customer_key, week_end)': "select customer_key, week_end from {{ ref('int_touched_usage_week') }}"
    }}
) }}
{%- set signals = {
    'collaboration_users_28d': ['collaboration', 'user_id'], 'report_users_28d': ['report_view', 'user_id'],
    'platform_features_used_28d': ['platform_use', 'feature_code'],
} %}
{%- set touched = 'select customer_key from ' ~ ref('int_touched_usage_week') %}
with activity as (

    select * from {{ ref('int_usage_activity') }}
    where {{ is_touched('customer_key', touched) }}
        {%- if is_incremental() %}
        and week_end >= (select min(week_end) - 21 from {{ ref('int_touched_usage_week') }})
        {%- endif %}

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

-- distinct people and features are counted over all of it, never summed; by `count(distinct)`, which goes to disk where
-- memory ends (lists do not)
measured as (

    select
        customer_key,
        window_end,
        sum(case when week_end = window_end then uses end) as uses_7d,
        sum(uses) as uses_28d,
        count(distinct feature_code) as features_used_28d,
        sum(case when kind = 'login' then 1 else 0 end) as logins_28d,
        count(distinct case when kind = 'login' then activity_date end) as login_days_28d,
        {{ users_of_signal('collaboration') }} as collaboration_users_28d,
        {{ users_of_signal('report_view') }} as report_users_28d,
        {{ features_of_signal('platform_use') }} as platform_features_used_28d,
        count(distinct user_id) as active_users_28d
    from in_window
    group by customer_key, window_end

),

final as (

    select
        week.customer_key,
        week.week_end,
        week.feature_use_rows_7d,
        week.logins_7d,
        {%- for column in ['uses_7d', 'uses_28d', 'features_used_28d', 'logins_28d', 'login_days_28d'] %}
        {%- set feed, type = ('logins_7d', 'integer') if 'login' in column else ('feature_use_rows_7d', 'bigint') %}
        cast(case when week.{{ feed }} is not null then coalesce({{ column }}, 0) end as {{ type }}) as {{ column }},
        {%- endfor %}
        cast(case when week.has_user_ids then coalesce(active_users_28d, 0) end as integer) as active_users_28d,
        {%- for column, (signal, counted) in signals.items() %}
        cast(case
            when {{ has_signal(signal) }} and {{ 'week.has_user_ids and ' if counted == 'user_id' }} week.feature_use_rows_7d >= 0
                then coalesce({{ column }}, 0)
        end as integer) as {{ column }},
        {%- endfor %}
        license.purchased as licences_purchased,
        license.assigned as licences_assigned,
        license.activated as licences_activated,
        counted.record_count,
        counted.created as records_created_28d,
        counted.updated as records_updated_28d
    from week
    left join measured on week.customer_key = measured.customer_key and week.week_end = measured.window_end
    left join {{ ref('int_license_week') }} as license
        on week.customer_key = license.customer_key and week.week_end = license.week_end
    left join {{ ref('int_object_count_week') }} as counted
        on week.customer_key = counted.customer_key and week.week_end = counted.week_end

)

select * from final
