-- One row: what is counted on the business date alone. Active customers with their highest activation level of several
-- processes (docs/domain/activation.md#level), RFM and the top tenth (docs/domain/segments.md#rfm), open tickets.
with customer as (

    select customer_key from {{ ref('dim_customer') }}
    where customer_status = 'active'

),

-- the score is that of the process with the highest level
customer_activation as (

    select
        level.customer_key,
        max(activation_level) as activation_level,
        max(activation_score) as activation_score,
        sum(regularity_rate_num) as regularity_rate_num,
        sum(regularity_rate_den) as regularity_rate_den
    from {{ ref('mart_activation_level') }} as level
    inner join customer on level.customer_key = customer.customer_key
    where as_of_date = {{ as_of_date() }}
    group by level.customer_key

),

activation as (

    select
        count(*) as activation_n,
        sum(activation_score) as activation_score_num,
        coalesce(sum(case when activation_level >= 4 then 1 else 0 end), 0) as level_4_customers,
        coalesce(sum(regularity_rate_num), 0) as regularity_rate_num,
        coalesce(sum(regularity_rate_den), 0) as regularity_rate_den
    from customer_activation

),

-- null where nobody ever bought: no purchase is known
rfm as (

    select
        case when count(*) > 0 then sum(case when population = 'scored' then 1 else 0 end) end as rfm_customers,
        sum(case when rfm_segment = 'champion' then 1 else 0 end) as champions
    from {{ ref('mart_rfm') }}
    where as_of_date = {{ as_of_date() }} and population <> 'no_purchase'

),

decile as (

    select
        sum(case when decile = 1 then amount end) as decile_1_amount,
        sum(amount) as decile_amount,
        sum(customers) as decile_customers
    from {{ ref('mart_decile_summary') }}
    where as_of_date = {{ as_of_date() }}

),

ticket as (

    select case when count(*) > 0 then sum(case when status in ('solved', 'closed') then 0 else 1 end) end as open_tickets
    from {{ ref('fct_ticket') }}

),

active as (

    select count(*) as active_customers from customer

),

final as (

    select *
    from active
    cross join activation
    cross join rfm
    cross join decile
    cross join ticket

)

select * from final
