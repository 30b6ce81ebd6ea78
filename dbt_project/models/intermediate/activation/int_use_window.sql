{{ config(materialized='view') }}

-- grain: customer × week × goal of use over a window of its own: what its days say, up to the week's end
-- (docs/domain/activation.md#goals-of-use)

with goal as (

    select process_id, stage_no, measure, measure_of, window_days, coalesce(regular_weeks, 1) as regular_weeks
    from {{ ref('int_active_process_stage') }}
    where window_days is not null

),

member_week as (

    select
        member.customer_key,
        goal.*,
        {{ date_series(
            last_week_end('member.evaluated_on') ~ ' - 7 * (goal.regular_weeks + 3)', last_week_end('member.evaluated_on'),
            'week'
        ) }} as week_end
    from {{ ref('int_process_member') }} as member
    inner join goal on member.process_id = goal.process_id

),

needed as (

    select distinct * from member_week

),

reach as (

    select customer_key, max(window_days) as window_days, min(week_end) - max(window_days) as after_day
    from needed
    group by customer_key

),

-- as in fct_usage_weekly, a day is joined by the ends of the windows that hold it, and not by its customer alone
in_window as (

    select
        activity.customer_key,
        activity.activity_date,
        activity.week_end as own_week_end,
        activity.kind,
        activity.user_id,
        activity.feature_code,
        activity.uses,
        {{ date_series('activity.week_end', 'activity.activity_date + (reach.window_days - 1)', 'week') }} as window_end
    from {{ ref('int_usage_activity') }} as activity
    inner join reach on activity.customer_key = reach.customer_key and activity.activity_date > reach.after_day

),

final as (

    select
        needed.customer_key,
        needed.week_end,
        needed.process_id,
        needed.stage_no,
        cast(case needed.measure
            when 'uses' then sum(in_window.uses)
            when 'features_used' then count(distinct in_window.feature_code)
            when 'logins' then sum(case when in_window.kind = 'login' then 1 else 0 end)
            when 'login_days' then count(distinct case when in_window.kind = 'login' then in_window.activity_date end)
            when 'users' then count(distinct in_window.user_id)
            when 'feature_uses'
                then sum(case when in_window.feature_code = needed.measure_of then in_window.uses end)
            when 'feature_weeks' then count(distinct case
                when in_window.feature_code = needed.measure_of and in_window.uses > 0 then in_window.own_week_end
            end)
        end as bigint) as value
    from needed
    inner join in_window
        on needed.customer_key = in_window.customer_key
        and needed.week_end = in_window.window_end
        and in_window.activity_date > needed.week_end - needed.window_days
    group by
        needed.customer_key, needed.week_end, needed.process_id, needed.stage_no, needed.measure, needed.measure_of

)

select * from final
