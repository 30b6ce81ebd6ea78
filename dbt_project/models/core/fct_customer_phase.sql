-- grain: customer with a contract × phase that is measured for it (docs/domain/activation.md#phases). Made anew each build
-- from tables of a row a customer, month or day; it costs seconds.
with phase as (

    select * from {{ ref('int_phase_position') }}

),

customer as (

    select * from {{ ref('dim_customer') }}

),

churn as (

    select customer_key, max(month) as churn_month
    from {{ ref('fct_mrr_movement') }}
    where movement_type = 'churn'
    group by customer_key

),

final as (

    select
        phase.customer_key,
        phase.phase_code,
        phase.started_date,
        phase.entered_date,
        phase.achieved_date,
        case
            when phase.achieved_date >= phase.lead_from_date
                then cast({{ dbt.datediff('phase.lead_from_date', 'phase.achieved_date', 'day') }} as integer)
        end as lead_time_days,
        cast({{ dbt.datediff(
            'phase.entered_date',
            'greatest(phase.entered_date, coalesce(phase.achieved_date, phase.observed_until))', 'day'
        ) }} as integer) as days_in_phase,
        coalesce(
            customer.customer_status = 'active'
            and phase.held_from <= {{ as_of_date() }} and phase.held_until > {{ as_of_date() }}, false
        ) as is_current,
        phase.started_date + phase.maturity_days <= {{ as_of_date() }} as is_matured,
        coalesce(
            customer.customer_status = 'churned'
            and phase.held_from < churn.churn_month and phase.held_until >= churn.churn_month, false
        ) as churned_in_phase
    from phase
    inner join customer on phase.customer_key = customer.customer_key
    left join churn on phase.customer_key = churn.customer_key

)

select * from final
