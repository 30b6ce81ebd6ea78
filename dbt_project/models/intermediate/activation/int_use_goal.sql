-- grain: evaluation date × customer × process × stage judged by use: the newest of the last five weeks in which its measure
-- is known, and whether it was reached week by week; of who has begun, weeks from then on
-- (docs/domain/activation.md#goals-of-use)
{#- what is measured; of whose feed, from how many weeks after its first on: who has no week of use has 0 there -#}
{%- set measures = {
    'uses': ['uses', 'use', 3], 'uses_in_week': ['uses_in_week', 'use', 0], 'features_used': ['features_used', 'use', 3],
    'platform_features_used': ['platform_features_used', 'use', 3], 'logins': ['logins', 'login', 3],
    'login_days': ['login_days', 'login', 3], 'users': ['users', 'user', 3], 'users_share': ['users / seats'],
    'collaboration_share': ['collaboration_users / seats'], 'report_share': ['report_users / seats'],
    'feature_uses': ['null', 'use', 3], 'feature_weeks': ['null', 'use', 3], 'licences_share': ['licences_share'], 'records': ['records'], 'records_changed': ['records_changed'],
} %}
with goal as (
    select
        process_id, stage_no, measure, threshold, coalesce(regular_weeks, 1) as regular_weeks,
        cast({{ integer_divide('window_days + 6', '7') }} - 1 as integer) as weeks_before
    from {{ ref('int_active_process_stage') }}
    where measure <> 'account_field'

),

span as (

    select process_id, max(regular_weeks) as weeks from goal group by process_id

),

member_week as (

    select
        member.evaluated_on,
        member.customer_key,
        member.process_id,
        {{ date_series(
            last_week_end('member.evaluated_on') ~ ' - 7 * (span.weeks + 3)', last_week_end('member.evaluated_on'), 'week'
        ) }} as week_end
    from {{ ref('int_process_member') }} as member
    inner join span on member.process_id = span.process_id

),

{{ known_use_ctes() }},

measured as (

    select
        member_week.*,
        goal.stage_no,
        goal.threshold,
        goal.regular_weeks,
        cast(round(case goal.measure
            {%- for measure, told in measures.items() %}
            when '{{ measure }}' then {% if told | length == 1 %}{{ told[0] }}{% else -%}
            case
                when {{ feed_is_known(told[1], 'member_week.week_end', 'goal.weeks_before') }} then coalesce(use_window.value, 0)
                when goal.weeks_before is not null then null
                when known_use.customer_key is not null then {{ told[0] }}
                when {{ feed_is_known(told[1], 'member_week.week_end', told[2]) }} then 0
            end
            {%- endif %}
            {%- endfor %}
        end, 6) as decimal(18, 6)) as value
    from member_week
    cross join feed
    inner join goal on member_week.process_id = goal.process_id
    left join known_use
        on member_week.customer_key = known_use.customer_key and member_week.week_end = known_use.week_end
    left join {{ ref('int_use_window') }} as use_window
        on member_week.customer_key = use_window.customer_key and member_week.week_end = use_window.week_end
        and goal.process_id = use_window.process_id and goal.stage_no = use_window.stage_no
    left join {{ ref('int_usage_first_week') }} as first_week on member_week.customer_key = first_week.customer_key
    where (goal.regular_weeks > 1 or member_week.week_end > member_week.evaluated_on - 35)
        and (known_use.customer_key is not null or coalesce(first_week.first_week_end > member_week.evaluated_on, true))

),

newest as (

    select evaluated_on, customer_key, process_id, stage_no, threshold, regular_weeks, max(week_end) as measured_week
    from measured where value is not null and week_end > evaluated_on - 35
    group by evaluated_on, customer_key, process_id, stage_no, threshold, regular_weeks

),

final as (

    select
        newest.*,
        max(case when measured.week_end = newest.measured_week then measured.value end) as measured_value,
        sum(case when measured.week_end > newest.measured_week - 7 * newest.regular_weeks and measured.value >= newest.threshold then 1 else 0 end)
        = newest.regular_weeks as is_held
    from newest
    inner join measured
        on newest.evaluated_on = measured.evaluated_on and newest.customer_key = measured.customer_key
        and newest.process_id = measured.process_id and newest.stage_no = measured.stage_no
    group by newest.{{ ['evaluated_on', 'customer_key', 'process_id', 'stage_no', 'threshold', 'regular_weeks', 'measured_week'] | join(', newest.') }}

)

select * from final
