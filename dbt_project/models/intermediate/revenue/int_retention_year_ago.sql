-- What the customers of a year ago paid then and pay now, per complete month and segment
-- (docs/domain/retention.md#twelve-months).
with paying as (

    select customer_key, month, customer_closing_arr as arr
    from {{ ref('int_mrr_change') }}
    where is_customer_row and customer_closing_arr > 0

),

customer as (

    select * from {{ ref('int_retention_customer') }}

),

complete_month as (

    select month from {{ ref('int_revenue_month') }}
    where is_complete

),

-- The touch model follows the ARR the period opens with.
base_group as (

    select
        complete_month.month,
        {{ touch_model('base.arr', 'customer.touch_model_override') }} as touch_model,
        customer.industry_code,
        customer.region_code,
        customer.employee_band,
        customer.plan_tier,
        customer.cohort_year,
        sum(base.arr) as base_arr,
        sum(coalesce(today.arr, 0)) as current_arr,
        sum(least(base.arr, coalesce(today.arr, 0))) as retained_arr,
        count(*) as base_customers,
        count(today.arr) as retained_customers
    from paying as base
    inner join complete_month
        on base.month = {{ add_months('complete_month.month', -12) }}
    inner join customer
        on base.customer_key = customer.customer_key
    left join paying as today
        on base.customer_key = today.customer_key
        and complete_month.month = today.month
    group by all

),

final as (

    select
        month,
        segment_type,
        {{ retention_segment_value() }} as segment_value,
        sum(base_arr) as base_arr,
        sum(current_arr) as current_arr,
        sum(retained_arr) as retained_arr,
        sum(base_customers) as base_customers,
        sum(retained_customers) as retained_customers
    from base_group
    cross join {{ ref('int_retention_segment_type') }}
    group by all

)

select * from final
