-- grain: customer × week; rows of fct_usage_weekly that may have changed since the last build

with touched as (

    select * from {{ ref('int_touched_activity') }}

),

sunday as (

    {{ complete_weeks() }}

),

feed as (

    select * from {{ ref('int_usage_feed') }}

),

first_week as (

    select * from {{ ref('int_usage_first_week') }}

),

-- A feed's first touched week, when that may be where it begins or has begun.
feed_touched as (

    select least(
        min(case when touched.kind = 'use' and touched.week_end <= coalesce(feed.use_since, touched.week_end)
            then touched.week_end end),
        min(case when touched.kind = 'login' and touched.week_end <= coalesce(feed.login_since, touched.week_end)
            then touched.week_end end),
        min(case when touched.has_user_id and touched.week_end <= coalesce(feed.user_since, touched.week_end)
            then touched.week_end end)
    ) as since
    from touched
    cross join feed

),

span as (

    -- the 28-day windows that a touched week lies in: its own and the three that follow
    select customer_key, week_end as first_week_end, week_end + 21 as last_week_end from touched
    union all
    -- all weeks of a customer from where it may begin or have begun, or from where its licences may be others
    select touched.customer_key, touched.week_end, {{ last_week_end() }}
    from touched
    left join first_week on touched.customer_key = first_week.customer_key
    where touched.week_end <= coalesce(first_week.first_week_end, touched.week_end) or touched.kind = 'license'
    union all
    -- everybody's weeks since a feed may begin or have begun, and those that have ended since
    select first_week.customer_key, feed_touched.since, {{ last_week_end() }}
    from first_week
    inner join feed_touched on feed_touched.since is not null
    union all
    select customer_key, {{ last_week_end(last_build_date()) }} + 1, {{ last_week_end() }} from first_week

),

final as (

    select distinct span.customer_key, sunday.week_end
    from span
    inner join sunday on sunday.week_end between span.first_week_end and span.last_week_end

)

select * from final
