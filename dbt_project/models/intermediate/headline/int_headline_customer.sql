-- grain: month. Active customers with their activation and RFM, at the end of each month of the histories, in the running
-- one on the business date (docs/domain/conventions.md#monthly-histories). Who was active in an earlier month is worked out
-- as status is (docs/domain/customers.md#status): MRR at its end, or an order within active_order_days before it.
with month_end as (

    select * from {{ ref('int_month_end') }}

),

rfm as (

    select * from {{ ref('fct_rfm_monthly') }}

),

-- union, not union all: nobody twice
active_customer as (

    select {{ month_of(as_of_date()) }} as month, customer_key from {{ ref('dim_customer') }} where customer_status = 'active'
    union
    select month, customer_key from {{ ref('int_mrr_change') }}
    where customer_closing_mrr > 0 and month >= {{ history_start() }} and month < {{ month_of(as_of_date()) }}
    union
    select month, customer_key from rfm
    where recency_days <= {{ var('active_order_days') }} and month < {{ month_of(as_of_date()) }}

),

active as (

    select month, count(*) as active_customers from active_customer group by month

),

-- of several processes the highest level, and its score
customer_activation as (

    select
        activation.month,
        max(activation_level) as activation_level,
        max(activation_score) as activation_score,
        sum(regularity_rate_num) as regularity_rate_num,
        sum(regularity_rate_den) as regularity_rate_den
    from {{ ref('fct_activation_monthly') }} as activation
    inner join active_customer
        on activation.month = active_customer.month and activation.customer_key = active_customer.customer_key
    group by activation.month, activation.customer_key

),

activation_month as (

    select
        month,
        count(*) as activation_n,
        sum(activation_score) as activation_score_num,
        sum(case when activation_level >= 4 then 1 else 0 end) as level_4_customers,
        count(regularity_rate_den) as regularity_n,
        sum(regularity_rate_num) as regularity_rate_num,
        sum(regularity_rate_den) as regularity_rate_den
    from customer_activation
    group by month

),

rfm_month as (

    select
        month,
        sum(case when population = 'scored' then 1 else 0 end) as rfm_customers,
        sum(case when rfm_segment = 'champion' then 1 else 0 end) as champions
    from rfm
    group by month

),

final as (

    select
        month_end.month,
        last_day(month_end.month) <= {{ as_of_date() }} as is_complete,
        coalesce(active_customers, 0) as active_customers,
        coalesce(activation_n, 0) as activation_n,
        activation_score_num,
        level_4_customers,
        coalesce(regularity_n, 0) as regularity_n,
        regularity_rate_num,
        regularity_rate_den,
        rfm_customers,
        champions
    from month_end
    left join active on month_end.month = active.month
    left join activation_month on month_end.month = activation_month.month
    left join rfm_month on month_end.month = rfm_month.month
    where active.month is not null or month_end.month = {{ month_of(as_of_date()) }}

)

select * from final
