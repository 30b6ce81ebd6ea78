-- Feeds of use that may begin or end elsewhere than in the last build, so that nobody's use is known in weeks in which it was,
-- or the other way round; `first_week` where the first week of any use may be another. None without goals of use.
with touched_week as (

    select customer_key, week_end, kind, has_user_id from {{ ref('int_touched_activity') }}
    union all
    -- what had been counted before its week was over
    select customer_key, week_end, 'count', false from {{ ref('int_object_count') }}
    where week_end > {{ last_week_end(last_build_date()) }}

),

touched_key as (

    select distinct customer_key, week_end from touched_week

),

told_week as (

    {%- for feed, is_told in [('use', 'feature_use_rows > 0'), ('login', 'logins > 0'), ('user', 'has_user_ids')] %}
    select '{{ feed }}' as feed, customer_key, week_end from {{ ref('int_usage_week_count') }} where {{ is_told }}
    union all
    {%- endfor %}
    select 'count', customer_key, week_end from {{ ref('int_object_count') }}

),

told as (

    select told_week.feed, told_week.week_end, touched_key.customer_key is not null as is_touched
    from told_week
    left join touched_key
        on told_week.customer_key = touched_key.customer_key and told_week.week_end = touched_key.week_end

),

-- from where to where each feed reaches without what is touched
kept_feed as (

    select feed, min(week_end) as first_week_end, max(week_end) as last_week_end
    from told
    where not is_touched
    group by feed

),

-- what a feed told there, or tells now
touched_feed as (

    select feed, week_end from told where is_touched
    union all
    select kind, week_end from touched_week where kind in ('use', 'login', 'count')
    union all
    select 'user', week_end from touched_week where has_user_id

),

final as (

    select distinct touched_feed.feed
    from touched_feed
    left join kept_feed on touched_feed.feed = kept_feed.feed
    where coalesce(
        touched_feed.week_end < kept_feed.first_week_end
        or (
            touched_feed.week_end > kept_feed.last_week_end
            and kept_feed.last_week_end < {{ last_week_end(month_of(last_build_date()) ~ ' - 1') }}
        ), true
    )
    union all
    select 'first_week' from touched_week
    where coalesce(week_end <= (select min(first_week_end) from {{ ref('int_usage_first_week') }}), true)

)

select distinct feed from final
where 0 < (select count(*) from {{ ref('int_active_process_stage') }} where measure is not null)
