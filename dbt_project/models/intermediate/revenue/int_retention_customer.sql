-- One row per customer that ever paid: what retention is split by, as of as_of (docs/domain/retention.md#segments).
with mrr_change as (

    select * from {{ ref('int_mrr_change') }}
    where customer_closing_mrr > 0

),

subscription_month as (

    select * from {{ ref('fct_subscription_month') }}

),

product as (

    select * from {{ ref('crm__product') }}

),

customer as (

    select * from {{ ref('dim_customer') }}

),

calendar as (

    select * from {{ ref('dim_date') }}

),

paid_period as (

    select
        customer_key,
        min(month) as first_month,
        max(month) as last_month
    from mrr_change
    group by customer_key

),

-- The tier with the most MRR in the last month with any.
main_tier as (

    select
        paid_period.customer_key,
        product.plan_tier
    from paid_period
    inner join subscription_month
        on paid_period.customer_key = subscription_month.customer_key
        and paid_period.last_month = subscription_month.month
    inner join product
        on subscription_month.product_key = product.product_id
    where product.plan_tier is not null
    group by paid_period.customer_key, product.plan_tier
    qualify row_number() over (
        partition by paid_period.customer_key order by sum(subscription_month.mrr) desc, product.plan_tier
    ) = 1

),

final as (

    select
        paid_period.customer_key,
        coalesce(customer.industry_code, 'unknown') as industry_code,
        coalesce(customer.region_code, 'unknown') as region_code,
        coalesce(customer.employee_band, 'unknown') as employee_band,
        coalesce(main_tier.plan_tier, 'unknown') as plan_tier,
        coalesce(cast(calendar.fiscal_year as {{ dbt.type_string() }}), 'unknown') as cohort_year,
        case when customer.is_touch_model_override then customer.touch_model end as touch_model_override
    from paid_period
    left join customer
        on paid_period.customer_key = customer.customer_key
    left join main_tier
        on paid_period.customer_key = main_tier.customer_key
    left join calendar
        on paid_period.first_month = calendar.date_day

)

select * from final
