-- What each active or churned customer pays and has paid, and when its contract ends (docs/domain/customers.md#status,
-- docs/domain/revenue.md#mrr).
with customer as (

    select * from {{ ref('dim_customer') }}
    where customer_status in ('active', 'churned')

),

standing as (

    select * from {{ ref('int_customer_standing') }}

),

movement as (

    select * from {{ ref('fct_mrr_movement') }}

),

-- A line carried over a gap has ended; what ends a discount or a free line is no renewal.
term as (

    select customer_key, min(end_date) as contract_end_date
    from {{ ref('int_subscription_line') }}
    where mrr > 0
        and start_date <= {{ as_of_date() }}
        and end_date >= {{ as_of_date() }}
    group by customer_key

),

-- Of several families that moved in the same month, the largest movement.
last_movement as (

    select customer_key, movement_type
    from movement
    qualify row_number() over (
        partition by customer_key order by month desc, abs(amount) desc, movement_type asc, product_family_id asc
    ) = 1

),

bought as (

    select customer_key, cast(sum(amount) as decimal(18, 2)) as ltv_to_date
    from {{ ref('int_purchase') }}
    group by customer_key

),

open_deal as (

    select customer_key, cast(sum(amount) as decimal(18, 2)) as open_opportunity
    from {{ ref('fct_opportunity') }}
    where state = 'open'
    group by customer_key

),

final as (

    select
        customer.customer_key,
        cast(coalesce(standing.mrr, 0) as decimal(18, 2)) as mrr,
        cast(coalesce(standing.arr, 0) as decimal(18, 2)) as arr,
        term.contract_end_date,
        cast({{ dbt.datediff(as_of_date(), 'term.contract_end_date', 'day') }} as integer) as days_to_renewal,
        last_movement.movement_type as last_movement_type,
        bought.ltv_to_date,
        open_deal.open_opportunity,
        case
            when term.contract_end_date <= {{ as_of_date() }} + {{ var('pre_renewal_window_days') }} then 'pre_renewal'
            when customer.customer_status = 'active'
                and customer.first_contract_date > {{ as_of_date() }} - {{ var('onboarding_window_days') }} then 'onboarding'
            else 'none'
        end as cs_focus_window
    from customer
    left join standing on customer.customer_key = standing.customer_key
    left join term on customer.customer_key = term.customer_key
    left join last_movement on customer.customer_key = last_movement.customer_key
    left join bought on customer.customer_key = bought.customer_key
    left join open_deal on customer.customer_key = open_deal.customer_key

)

select * from final
