-- grain: customer × month in which it pays at one end at least, of 24 months: the phase it is in at either end and what
-- happened (docs/domain/activation.md#phases)
with paying as (

    select
        customer_key,
        month,
        {{ add_months('month', 1) }} as next_month,
        customer_opening_mrr > 0 as is_opening,
        customer_closing_mrr > 0 as is_closing
    from {{ ref('int_mrr_change') }}
    where is_customer_row and month > {{ history_start() }}

),

gate as (

    select * from {{ ref('int_phase_position') }}
    where held_until is not null

),

placed as (

    select
        paying.customer_key,
        paying.month,
        max(case when is_opening and gate.held_from < month and gate.held_until >= month then gate.phase_code end)
            as opening_phase,
        max(case when is_closing and gate.held_from < next_month and gate.held_until >= next_month then gate.phase_code end)
            as closing_phase
    from paying
    inner join gate on paying.customer_key = gate.customer_key
    group by paying.customer_key, paying.month

),

followed as (

    select distinct customer_key, {{ month_of('follow_date') }} as month from {{ ref('int_customer_follow') }}

),

level as (

    select customer_key, month, max(activation_level) >= {{ var('adopted_activation_level') }} as is_adopted
    from {{ ref('fct_activation_monthly') }}
    group by customer_key, month

),

movement as (

    select
        customer_key,
        month,
        max(case when movement_type = 'upsell' then 1 else 0 end) as upsells,
        max(case when movement_type = 'cross_sell' then 1 else 0 end) as cross_sells
    from {{ ref('fct_mrr_movement') }}
    group by customer_key, month

),

recommended as (

    select placed.customer_key, placed.month
    from placed
    inner join {{ ref('int_advocacy') }} as advocacy
        on placed.customer_key = advocacy.customer_key
        and advocacy.advocacy_date >= {{ add_months('placed.month', -11) }}
        and advocacy.advocacy_date < {{ add_months('placed.month', 1) }}
    group by placed.customer_key, placed.month

),

final as (

    select
        placed.*,
        followed.month is not null as is_followed,
        case
            when onboarding.customer_key is null or onboarding.onboarded_date < {{ add_months('placed.month', 1) }}
                then level.is_adopted
        end as is_adopted,
        recommended.month is not null as is_advocate,
        coalesce(movement.upsells, 0) as upsells,
        coalesce(movement.cross_sells, 0) as cross_sells
    from placed
    left join followed on placed.customer_key = followed.customer_key and placed.month = followed.month
    left join level on placed.customer_key = level.customer_key and placed.month = level.month
    left join movement on placed.customer_key = movement.customer_key and placed.month = movement.month
    left join recommended on placed.customer_key = recommended.customer_key and placed.month = recommended.month
    left join {{ ref('int_onboarding') }} as onboarding on placed.customer_key = onboarding.customer_key

)

select * from final
