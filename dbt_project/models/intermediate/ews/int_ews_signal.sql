{{ config(materialized='view') }}

-- grain: customer × complete week; the seven signals, 100 at their target or above (docs/domain/activation.md#early-warning).
-- What a feed tells over 28 days is known in the weeks whose 28 days it covers: not before it has come for four weeks, and
-- not after the newest week in which any customer has some. Users are known where it names them.
{%- set signals = [
    'login', 'data_change', 'license_activation', 'record_count', 'collaboration', 'report_view', 'platform_use',
] %}
with usage_week as (

    select * from {{ ref('fct_usage_weekly') }}

),

feed as (

    select
        min(case when feature_use_rows > 0 then week_end end) + 21 as use_since,
        max(case when feature_use_rows > 0 then week_end end) as use_until,
        min(case when has_user_ids then week_end end) + 21 as user_since,
        max(case when has_user_ids then week_end end) as user_until
    from {{ ref('int_usage_week_count') }}

),

count_feed as (

    select min(week_end) + 21 as count_since, max(week_end) as count_until from {{ ref('int_object_count') }}

),

signal as (

    select
        {%- for signal in signals %}
        max(case when signal_code = '{{ signal }}' then target end) as {{ signal }}_target{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('ews_signal') }}

),

measured as (

    select
        usage_week.*,
        nullif(licences_assigned, 0) * 1.0 as seats,
        case when week_end between feed.user_since and feed.user_until then active_users_28d end as users,
        week_end between feed.use_since and feed.use_until as has_use,
        case
            when week_end between count_feed.count_since and count_feed.count_until
                then coalesce(records_created_28d + records_updated_28d, records_created_28d, records_updated_28d) * 1.0
        end as changes
    from usage_week
    cross join feed
    cross join count_feed
    where customer_key <> 'unknown'

),

-- of nobody's changes each is one too many, and none is 0
valued as (

    select
        customer_key,
        week_end,
        users / seats as login,
        case when users is not null then changes / greatest(users, 1) end as data_change,
        licences_activated * 1.0 / nullif(licences_purchased, 0) as license_activation,
        record_count / (seats * {{ var('ews_records_per_licence') }}) as record_count,
        case when has_use and users is not null then collaboration_users_28d / seats end as collaboration,
        case when has_use and users is not null then report_users_28d / seats end as report_view,
        {%- if var('ews_feature_codes').platform_use %}
        case when has_use then platform_features_used_28d * 1.0 / {{ var('ews_feature_codes').platform_use | length }} end
        {%- else %}
        cast(null as double)
        {%- endif %} as platform_use
    from measured

),

final as (

    select
        valued.customer_key,
        valued.week_end,
        {%- for signal in signals %}
        case
            when valued.{{ signal }} is not null then round(100 * least(1, valued.{{ signal }} / signal.{{ signal }}_target), 6)
        end as s_{{ signal }}{{ ',' if not loop.last }}
        {%- endfor %}
    from valued
    cross join signal

)

select * from final
