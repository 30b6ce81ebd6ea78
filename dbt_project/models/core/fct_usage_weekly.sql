-- grain: customer × week ending on Sunday (ruling 2.12). Only weeks whose 28 days changed are rebuilt.
{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['customer_key', 'week_end'],
    on_schema_change='append_new_columns',
    post_hook="{{ forget_usage_weeks() }}"
) }}
{%- set unsupplied = [
    'licences_purchased', 'licences_assigned', 'licences_activated', 'records_created_28d', 'records_updated_28d',
    'record_count', 'collab_users_28d', 'report_view_users_28d', 'features_contracted', 'departments_active_28d',
    'departments_licensed'
] %}

with activity as (

    select * from {{ ref('int_usage_activity') }}

),

week as (

    select * from {{ ref('int_usage_week') }}

),

target as (

    {% if is_incremental() %}{{ touched_usage_weeks() }}{% else %}select customer_key, week_end from week{% endif %}

),

-- 28 days are the week and the three before it; distinct people and features are counted over all of it, never summed
measured as (

    select
        target.customer_key,
        target.week_end,
        sum(case when activity.week_end = target.week_end then activity.uses end) as uses_7d,
        sum(activity.uses) as uses_28d,
        count(distinct activity.feature_code) as features_used_28d,
        sum(case when activity.kind = 'login' then 1 else 0 end) as logins_28d,
        count(distinct case when activity.kind = 'login' then activity.activity_date end) as login_days_28d,
        count(distinct activity.user_id) as active_users_28d
    from target
    left join activity
        on target.customer_key = activity.customer_key
        and activity.week_end between target.week_end - 21 and target.week_end
    group by target.customer_key, target.week_end

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
        cast(case when week.has_user_ids then measured.active_users_28d end as integer) as active_users_28d,
        {%- for column in unsupplied %}
        cast(null as integer) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from measured
    inner join week on measured.customer_key = week.customer_key and measured.week_end = week.week_end

)

select * from final
