-- grain: customer × complete week from the customer's first activity on, quiet weeks too.
-- A feed is missing (null) before the first week in which any customer has it, and 0 from then on (ruling 2.12).

with activity as (

    select * from {{ ref('int_usage_activity') }}

),

sunday as (

    select date_day as week_end from {{ ref('dim_date') }}
    where iso_weekday = 7 and date_day <= {{ last_week_end() }}

),

feed as (

    select
        min(case when kind = 'use' then week_end end) as use_since,
        min(case when kind = 'login' then week_end end) as login_since,
        min(case when user_id is not null then week_end end) as user_since
    from activity

),

first_week as (

    select customer_key, min(week_end) as first_week_end
    from activity
    group by customer_key

),

week_count as (

    select
        customer_key,
        week_end,
        sum(case when kind = 'use' then 1 else 0 end) as feature_use_rows,
        sum(case when kind = 'login' then 1 else 0 end) as logins,
        max(_build_id) as _build_id
    from activity
    group by customer_key, week_end

),

final as (

    select
        first_week.customer_key,
        sunday.week_end,
        cast(case
            when sunday.week_end >= feed.use_since then coalesce(week_count.feature_use_rows, 0)
        end as integer) as feature_use_rows_7d,
        cast(case
            when sunday.week_end >= feed.login_since then coalesce(week_count.logins, 0)
        end as integer) as logins_7d,
        coalesce(sunday.week_end >= feed.user_since, false) as has_user_ids,
        week_count._build_id
    from first_week
    inner join sunday on first_week.first_week_end <= sunday.week_end
    cross join feed
    left join week_count
        on first_week.customer_key = week_count.customer_key and sunday.week_end = week_count.week_end

)

select * from final
