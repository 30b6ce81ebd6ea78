-- grain: evaluation date × customer × process; score, regularity and level (docs/domain/activation.md#level)
{%- set thresholds = [] %}
{%- for threshold in var('activation_level_thresholds') %}
    {%- do thresholds.append("cast('%.6f' as decimal(9, 6))" % threshold) %}
{%- endfor %}

with member as (

    select * from {{ ref('int_process_member') }}

),

score as (

    select
        evaluated_on,
        customer_key,
        process_id,
        definition_version,
        coalesce(sum(goal_flag), 0) as goals_achieved,
        cast(coalesce(sum(goal_flag * weight), 0) as decimal(12, 3)) as goal_weight,
        cast(sum(case when goal_flag is not null then weight end) as decimal(12, 3)) as total_weight,
        count(*) > count(measure) as has_items,
        -- which goals are known: the bits of their numbers
        sum(case when goal_flag is not null then cast(power(2, stage_no) as bigint) end) as known_goals,
        -- goals of use that have to hold week after week: null without one; what is not known does not hold
        min(case when regular_weeks is not null then case when is_held then 1 else 0 end end) = 1 as is_held
    from {{ ref('int_activation_goal') }}
    group by evaluated_on, customer_key, process_id, definition_version
    having coalesce(sum(case when goal_flag is not null then weight end), 0)
        >= sum(weight) * cast('{{ '%.6f' % var('activation_min_coverage') }}' as decimal(9, 6))

),

regularity as (

    select
        member.evaluated_on,
        member.customer_key,
        member.process_id,
        member.target_cadence_days,
        coalesce(rhythm.publications_6m, 0) as publications_6m,
        coalesce(rhythm.distinct_pub_months, 0) as distinct_pub_months,
        rhythm.max_gap_days,
        coalesce(
            rhythm.publications_6m >= 2
            and rhythm.max_gap_days <= {{ var('cadence_tolerance') }} * member.target_cadence_days,
            false
        ) as is_published_regularly
    from member
    left join {{ ref('int_publication_rhythm') }} as rhythm
        on member.evaluated_on = rhythm.evaluated_on
        and member.customer_key = rhythm.customer_key
        and member.process_id = rhythm.process_id

),

-- publications are those of a process with items; where use is to hold week after week, it has to hold
judged as (

    select
        score.*,
        {%- for column in ['target_cadence_days', 'publications_6m', 'distinct_pub_months'] %}
        case when score.has_items then regularity.{{ column }} end as {{ column }},
        {%- endfor %}
        regularity.max_gap_days,
        (regularity.is_published_regularly or not score.has_items) and coalesce(score.is_held, score.has_items) as is_regular
    from score
    inner join regularity
        on score.evaluated_on = regularity.evaluated_on
        and score.customer_key = regularity.customer_key
        and score.process_id = regularity.process_id

),

final as (

    select
        *,
        -- weights have three decimals, rate() takes two
        {{ rate('goal_weight * 10', 'total_weight * 10') }} as activation_score,
        {{ rate('distinct_pub_months', var('regularity_months')) }} as regularity_rate,
        -- one for every threshold the score reaches, weights compared unrounded, and one for regular publication on top
        cast(
            {%- for threshold in thresholds %}
            case when goal_weight >= total_weight * {{ threshold }} then 1 else 0 end +
            {%- endfor %}
            case when goal_weight >= total_weight * {{ thresholds[-1] }} and is_regular then 1 else 0 end
            as smallint
        ) as activation_level
    from judged

)

select * from final
