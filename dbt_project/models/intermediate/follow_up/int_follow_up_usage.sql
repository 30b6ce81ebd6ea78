-- grain: customer with use or log-ins; 28 days of each to the newest week in which any customer has some, the 28 days four
-- weeks before, and the last weeks (docs/domain/activation.md#follow-up). A feed that came last more than five weeks ago says
-- nothing.
{%- set thresholds = var('follow_up_thresholds') %}
with usage_week as (

    select * from {{ ref('fct_usage_weekly') }}

),

feed as (

    select
        max(case when feature_use_rows_7d > 0 then week_end end) as use_until,
        max(case when logins_7d > 0 then week_end end) as login_until
    from usage_week
    where week_end between {{ last_week_end() }} - 35 and {{ last_week_end() }}

),

figures as (

    select
        usage_week.customer_key,
        max(usage_week.feature_use_rows_7d) > 0 as has_used,
        max(usage_week.logins_7d) > 0 as has_logged_in,
        max(case when usage_week.week_end = feed.use_until then usage_week.uses_28d end) as uses,
        max(case when usage_week.week_end = feed.use_until - 28 then usage_week.uses_28d end) as uses_before,
        max(case when usage_week.week_end = feed.login_until then usage_week.logins_28d end) as logins,
        max(case when usage_week.week_end = feed.login_until - 28 then usage_week.logins_28d end) as logins_before,
        {%- for feed, column in [('use', 'uses'), ('login', 'logins')] %}
        sum(case
            when usage_week.week_end > feed.{{ feed }}_until - {{ 7 * thresholds.unused_weeks }}
                and usage_week.week_end <= feed.{{ feed }}_until
                then usage_week.{{ column }}_7d
        end) as recent_{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from usage_week
    cross join feed
    group by usage_week.customer_key

),

-- use with use and log-ins with log-ins: a feed that has just begun is compared with nothing
compared as (

    select
        *,
        case when uses_before is not null and uses is not null then uses else logins end as newer,
        case when uses_before is not null and uses is not null then uses_before else logins_before end as older
    from figures

),

final as (

    select
        customer_key,
        coalesce(recent_uses, 0) + coalesce(recent_logins, 0) = 0
        and coalesce((has_used and recent_uses = 0) or (has_logged_in and recent_logins = 0), false) as is_silent,
        case
            when newer > 0 and older >= {{ var('min_sample_n') }}
                and newer <= (1 - {{ thresholds.usage_drop_share }}) * older
                then newer * 1.0 / older - 1
        end as usage_drop
    from compared

)

select * from final
