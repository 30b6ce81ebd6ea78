-- grain: evaluation date × customer × process; score, regularity and level (docs/domain/activation.md#level)
{%- set thresholds = [] %}
{%- for threshold in var('activation_level_thresholds') %}
    {%- do thresholds.append("cast('%.6f' as decimal(9, 6))" % threshold) %}
{%- endfor %}

with goal as (

    select * from {{ ref('int_activation_goal') }}

),

member as (

    select * from {{ ref('int_process_member') }}

),

rhythm as (

    select * from {{ ref('int_publication_rhythm') }}

),

score as (

    select
        evaluated_on,
        customer_key,
        process_id,
        definition_version,
        sum(goal_flag) as goals_achieved,
        cast(sum(goal_flag * weight) as decimal(12, 3)) as goal_weight,
        cast(sum(weight) as decimal(12, 3)) as total_weight
    from goal
    group by evaluated_on, customer_key, process_id, definition_version

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
        ) as is_regular
    from member
    left join rhythm
        on member.evaluated_on = rhythm.evaluated_on
        and member.customer_key = rhythm.customer_key
        and member.process_id = rhythm.process_id

),

final as (

    select
        score.*,
        -- weights have three decimals, rate() takes two
        {{ rate('score.goal_weight * 10', 'score.total_weight * 10') }} as activation_score,
        regularity.target_cadence_days,
        regularity.publications_6m,
        regularity.distinct_pub_months,
        {{ rate('regularity.distinct_pub_months', var('regularity_months')) }} as regularity_rate,
        regularity.max_gap_days,
        regularity.is_regular,
        -- one for every threshold the score reaches, weights compared unrounded, and one for regular publication on top
        cast(
            {%- for threshold in thresholds %}
            case when score.goal_weight >= score.total_weight * {{ threshold }} then 1 else 0 end +
            {%- endfor %}
            case when score.goal_weight >= score.total_weight * {{ thresholds[-1] }} and regularity.is_regular then 1 else 0 end
            as smallint
        ) as activation_level
    from score
    inner join regularity
        on score.evaluated_on = regularity.evaluated_on
        and score.customer_key = regularity.customer_key
        and score.process_id = regularity.process_id

)

select * from final
