-- Customers whose activation at a past month-end may have changed since the last build: their content items, contracts,
-- lines or use have, or they stand for other accounts. All customers, if another definition is in force; if the first item or
-- week of use may be or have been a touched one, which says since when there are levels; or if a feed of use may begin or end
-- elsewhere, so that nobody's use is known in weeks in which it was, or the other way round.
with account as (

    select coalesce(meant.record_id, touched.account_id) as account_id
    from {{ ref('stg_touched__content_item') }} as touched
    left join {{ ref('int_record_id') }} as meant on touched.account_id = meant.given_id
    union
    select account_id from {{ ref('process__content_item') }}
    where item_id in (select item_id from {{ ref('int_touched_content_item') }})

),

touched_time as (

    select known_at from {{ ref('stg_touched__content_item') }}
    union all
    select achieved_at from {{ ref('process__stage_event') }}
    where item_id in (select item_id from {{ ref('stg_touched__content_item') }})

),

touched_week as (

    select * from {{ ref('int_touched_activity') }}
    where 0 < (select count(*) from {{ ref('int_active_process_stage') }} where measure is not null)

),

touched_feed as (

    select coalesce(kind, 'use') as feed, week_end from touched_week where coalesce(kind, 'use') <> 'license'
    union all
    select 'user', week_end from touched_week where has_user_id

),

told_week as (

    {%- for feed, is_told in [('use', 'feature_use_rows > 0'), ('login', 'logins > 0'), ('user', 'has_user_ids')] %}
    select '{{ feed }}' as feed, customer_key, week_end from {{ ref('int_usage_week_count') }} where {{ is_told }}
    union all
    {%- endfor %}
    select 'count', customer_key, week_end from {{ ref('int_object_count') }}

),

-- from where to where each feed reaches without what is touched
kept_feed as (

    select feed, min(week_end) as first_week_end, max(week_end) as last_week_end
    from told_week
    where (customer_key, week_end) not in (select customer_key, week_end from touched_week)
    group by feed

),

reason_for_all as (

    select 'first_item' as reason from touched_time where coalesce(
        known_at <= (select min(known_at) from {{ ref('int_content_item') }}),
        0 = (select count(known_at) from {{ ref('int_content_item') }})
    )
    union all
    select process_id from {{ ref('int_changed_process') }}
    union all
    select 'first_week' from touched_week where week_end <= (select min(first_week_end) from {{ ref('int_usage_first_week') }})
    union all
    select touched_feed.feed
    from touched_feed
    left join kept_feed on touched_feed.feed = kept_feed.feed
    where coalesce(
        touched_feed.week_end < kept_feed.first_week_end
        or (
            touched_feed.week_end > kept_feed.last_week_end
            and kept_feed.last_week_end < {{ last_week_end(month_of(last_build_date()) ~ ' - 1') }}
        ), true
    )

),

final as (

    select customer_key from {{ ref('int_touched_customer') }}
    union
    select customer_key from touched_week where week_end < {{ month_of(last_build_date()) }}
    union
    select identity.customer_key
    from account
    inner join {{ ref('int_customer_identity') }} as identity on account.account_id = identity.account_id
    union
    select customer_key from {{ ref('int_customer_identity') }}
    where 0 < (select count(*) from reason_for_all)

)

select customer_key from final
