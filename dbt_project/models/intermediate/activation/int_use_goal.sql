-- grain: evaluation date × customer × process × stage judged by use: the newest of the last five weeks in which its measure
-- is known, and whether it was reached week by week (docs/domain/activation.md#goals-of-use)
{%- set measures = {
    'uses': 'uses', 'uses_in_week': 'uses_in_week', 'features_used': 'features_used',
    'platform_features_used': 'platform_features_used', 'logins': 'logins', 'login_days': 'login_days', 'users': 'users',
    'users_share': 'users / seats', 'licences_share': 'licences_share', 'collaboration_share': 'collaboration_users / seats',
    'report_share': 'report_users / seats', 'records': 'records', 'records_changed': 'records_changed',
} %}
with goal as (

    select process_id, stage_no, measure, threshold, coalesce(regular_weeks, 1) as regular_weeks
    from {{ ref('int_active_process_stage') }}
    where measure is not null

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
        member_week.evaluated_on,
        member_week.customer_key,
        member_week.process_id,
        goal.stage_no,
        goal.threshold,
        goal.regular_weeks,
        member_week.week_end,
        case goal.measure
            {%- for measure, value in measures.items() %}
            when '{{ measure }}' then {{ value }}
            {%- endfor %}
        end as value
    from member_week
    inner join goal on member_week.process_id = goal.process_id
    inner join known_use
        on member_week.customer_key = known_use.customer_key and member_week.week_end = known_use.week_end

),

-- what the newest week and the weeks up to it may be, which is five without regular_weeks
known as (

    select * from measured
    where value is not null and (regular_weeks > 1 or week_end > evaluated_on - 35)

),

newest as (

    select evaluated_on, customer_key, process_id, stage_no, max(week_end) as week_end
    from known where week_end > evaluated_on - 35
    group by evaluated_on, customer_key, process_id, stage_no

),

final as (

    select
        known.evaluated_on,
        known.customer_key,
        known.process_id,
        known.stage_no,
        cast(round(max(case when known.week_end = newest.week_end then known.value end), 6) as decimal(18, 6)) as measured_value,
        newest.week_end as measured_week,
        sum(case when known.week_end > newest.week_end - 7 * known.regular_weeks and known.value >= known.threshold then 1 else 0 end)
        = known.regular_weeks as is_held
    from known
    inner join newest
        on known.evaluated_on = newest.evaluated_on
        and known.customer_key = newest.customer_key
        and known.process_id = newest.process_id
        and known.stage_no = newest.stage_no
    group by
        known.evaluated_on, known.customer_key, known.process_id, known.stage_no, known.regular_weeks, newest.week_end

)

select * from final
