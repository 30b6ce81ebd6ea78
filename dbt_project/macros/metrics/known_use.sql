{#- CTEs up to `known_use`, grain customer × complete week: what is known of its use. What a feed tells over 28 days is known
    in the weeks whose 28 days it covers: not before it has come for four weeks, and not after the newest week in which any
    customer has some. Users are known where it names them. -#}
{% macro known_use_ctes() -%}
usage_week as (

    select * from {{ ref('fct_usage_weekly') }}

),

feed as (

    select
        {%- for feed, is_told in [('use', 'feature_use_rows > 0'), ('login', 'logins > 0'), ('user', 'has_user_ids')] %}
        min(case when {{ is_told }} then week_end end) as {{ feed }}_first,
        max(case when {{ is_told }} then week_end end) as {{ feed }}_until{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_usage_week_count') }}

),

count_feed as (

    select min(week_end) + 21 as count_since, max(week_end) as count_until from {{ ref('int_object_count') }}

),

told as (

    select
        usage_week.*,
        {{ feed_is_known('use', first_weeks=0) }} as has_use_week,
        {{ feed_is_known('use') }} as has_use,
        {{ feed_is_known('login') }} as has_login,
        {{ feed_is_known('user') }} as has_user,
        week_end between count_feed.count_since and count_feed.count_until as has_count
    from usage_week
    cross join feed
    cross join count_feed
    where customer_key <> 'unknown'

),

known_use as (

    select
        customer_key,
        week_end,
        nullif(licences_assigned, 0) * 1.0 as seats,
        licences_purchased,
        licences_activated * 1.0 / nullif(licences_purchased, 0) as licences_share,
        case when has_use_week then uses_7d end as uses_in_week,
        {%- for column in ['uses_28d', 'features_used_28d', 'platform_features_used_28d'] %}
        case when has_use then {{ column }} end as {{ column[:-4] }},
        {%- endfor %}
        {%- for column in ['logins_28d', 'login_days_28d'] %}
        case when has_login then {{ column }} end as {{ column[:-4] }},
        {%- endfor %}
        case when has_user then active_users_28d end as users,
        {%- for column in ['collaboration_users_28d', 'report_users_28d'] %}
        case when has_use and has_user and active_users_28d is not null then {{ column }} end as {{ column[:-4] }},
        {%- endfor %}
        record_count as records,
        case
            when has_count
                then coalesce(records_created_28d + records_updated_28d, records_created_28d, records_updated_28d) * 1.0
        end as records_changed
    from told

)
{%- endmacro %}

{#- Whether a feed tells of the 28 days (or, from `first_weeks` on, of the week) that end with a week; after `feed`. -#}
{% macro feed_is_known(feed, week_end='week_end', first_weeks=3) -%}
    {{ week_end }} between feed.{{ feed }}_first + 7 * ({{ first_weeks }}) and feed.{{ feed }}_until
{%- endmacro %}
