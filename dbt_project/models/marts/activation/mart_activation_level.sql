-- grain: customer × process × as_of_date (docs/domain/activation.md#level)
with position as (

    select * from {{ ref('int_activation_position') }} where evaluated_on = {{ as_of_date() }}

),

earlier as (

    select * from {{ ref('int_activation_level') }} where evaluated_on = {{ as_of_date() }} - 28

),

validation as (

    select * from {{ ref('mart_activation_validation') }} where as_of_date = {{ as_of_date() }}

),

final as (

    select
        position.customer_key,
        position.process_id,
        {{ as_of_date() }} as as_of_date,
        position.activation_score,
        position.activation_level,
        position.goals_achieved,
        position.current_stage_no,
        position.days_in_current_stage,
        position.publications_6m,
        position.distinct_pub_months,
        position.regularity_rate,
        position.regularity_rate_num,
        position.regularity_rate_den,
        position.max_gap_days,
        position.target_cadence_days,
        position.is_regular,
        position.is_ramp_up,
        -- null where other goals were known then: a feed that begins moves nobody
        cast(case when earlier.known_goals = position.known_goals then position.activation_level - earlier.activation_level end as smallint)
            as level_change_28d,
        position.open_items,
        position.definition_version,
        coalesce(validation.is_released, false) as is_validated
    from position
    left join earlier
        on position.customer_key = earlier.customer_key and position.process_id = earlier.process_id
    left join validation on position.process_id = validation.process_id

)

select * from final
