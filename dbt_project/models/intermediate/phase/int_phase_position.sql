-- grain: customer × phase that is measured for it; from when its lead time counts, and while it is the current one: after
-- all gates before it were achieved and until it is; who has achieved all stays in the last
-- (docs/domain/activation.md#phases)
with achieved as (

    select * from {{ ref('int_phase_achieved') }}

),

phase as (

    select * from {{ ref('dim_phase') }}

),

customer as (

    select * from {{ ref('dim_customer') }}

),

renewal as (

    select * from {{ ref('int_first_renewal') }}

),

placed as (

    select
        achieved.*,
        phase.phase_no,
        phase.is_gate,
        phase.maturity_days,
        -- who has left is looked at until then
        least(coalesce(customer.churn_date, {{ as_of_date() }}), {{ as_of_date() }}) as observed_until,
        renewal.first_term_end - {{ var('pre_renewal_window_days') }} as renewal_due_date,
        case when phase.is_gate then coalesce(achieved.achieved_date, {{ far_future() }}) end as gate_date
    from achieved
    inner join phase on achieved.phase_code = phase.phase_code
    inner join customer on achieved.customer_key = customer.customer_key
    left join renewal on achieved.customer_key = renewal.customer_key

),

ordered as (

    select
        *,
        lag(gate_date) over (partition by customer_key, is_gate order by phase_no) as gate_before,
        max(gate_date) over (
            partition by customer_key, is_gate order by phase_no rows between unbounded preceding and 1 preceding
        ) as gates_before,
        phase_no = max(phase_no) over (partition by customer_key, is_gate) as is_last
    from placed

),

final as (

    select
        customer_key,
        phase_code,
        maturity_days,
        started_date,
        achieved_date,
        observed_until,
        case
            when phase_code = 'adoption' then nullif(coalesce(gate_before, started_date), {{ far_future() }})
            when phase_code = 'renewal_retention' and renewal_due_date <= {{ as_of_date() }}
                then greatest(renewal_due_date, started_date)
            when phase_code <> 'renewal_retention' then started_date
        end as entered_date,
        nullif(coalesce(gate_before, started_date), {{ far_future() }}) as lead_from_date,
        case when is_gate then coalesce(gates_before, {{ first_calendar_day() }}) end as held_from,
        case when is_gate then case when is_last then {{ far_future() }} else gate_date end end as held_until
    from ordered

)

select * from final
