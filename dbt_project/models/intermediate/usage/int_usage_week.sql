{{ config(materialized='view') }}

-- grain: customer × complete week from the customer's first activity or licence on, quiet weeks too.
-- A feed is missing (null) before the first week in which any customer has it, and 0 from then on
-- (docs/domain/activation.md#usage).

with week_count as (

    select * from {{ ref('int_usage_week_count') }}

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

final as (

    select
        first_week.customer_key,
        sunday.week_end,
        case when sunday.week_end >= feed.use_since then coalesce(week_count.feature_use_rows, 0) end
            as feature_use_rows_7d,
        case when sunday.week_end >= feed.login_since then coalesce(week_count.logins, 0) end as logins_7d,
        coalesce(sunday.week_end >= feed.user_since, false) as has_user_ids
    from first_week
    inner join sunday on first_week.first_week_end <= sunday.week_end
    cross join feed
    left join week_count
        on first_week.customer_key = week_count.customer_key and sunday.week_end = week_count.week_end

)

select * from final
