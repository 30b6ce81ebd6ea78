-- Additive parts of the monthly rates, per month and combination of segment values: small enough to be summed
-- once a segment type (docs/domain/retention.md#segments). A customer is in one combination a month, so counts of
-- customers add up.
with mrr_change as (

    select * from {{ ref('int_mrr_change') }}

),

movement as (

    select * from {{ ref('fct_mrr_movement') }}

),

month_end as (

    select * from {{ ref('int_revenue_month') }}

),

customer as (

    select * from {{ ref('int_retention_customer') }}

),

-- The touch model follows the ARR the month opens with, else every churned customer would be `tech`.
segmented as (

    select
        mrr_change.*,
        {{ touch_model(
            'case when customer_opening_mrr > 0 then customer_opening_arr else customer_closing_arr end',
            'customer.touch_model_override'
        ) }} as touch_model,
        customer.industry_code,
        customer.region_code,
        customer.employee_band,
        customer.plan_tier,
        customer.cohort_year,
        movement.movement_type,
        movement.amount,
        coalesce(movement.is_provisional, false) as is_provisional,
        month_end.is_reported and mrr_change.customer_known_date > last_day(mrr_change.month) as is_restated
    from mrr_change
    inner join customer
        on mrr_change.customer_key = customer.customer_key
    inner join month_end
        on mrr_change.month = month_end.month
    left join movement
        on mrr_change.customer_key = movement.customer_key
        and mrr_change.product_family_id = movement.product_family_id
        and mrr_change.month = movement.month

),

final as (

    select
        month,
        {%- for segment_type in retention_segment_types() %}
        {{ segment_type }},
        {%- endfor %}
        sum(opening_mrr) as opening_mrr,
        {%- for movement_type in mrr_movement_types() %}
        sum(case when movement_type = '{{ movement_type }}' then amount else 0 end) as {{ movement_type }}_mrr,
        {%- endfor %}
        sum(closing_mrr) as closing_mrr,
        sum(case when is_customer_row then least(customer_opening_mrr, customer_closing_mrr) else 0 end) as retained_mrr,
        sum(case when is_customer_row and customer_opening_mrr > 0 then customer_closing_mrr else 0 end) as cohort_mrr,
        sum(case when is_customer_row and customer_opening_mrr > 0 then 1 else 0 end) as opening_customers,
        sum(case when is_customer_row and customer_opening_mrr > 0 and customer_closing_mrr > 0 then 1 else 0 end)
            as retained_customers,
        sum(case when is_customer_row and movement_type = 'new' then 1 else 0 end) as new_customers,
        sum(case when is_customer_row and movement_type = 'reactivation' then 1 else 0 end) as reactivated_customers,
        sum(case when is_customer_row and movement_type = 'churn' then 1 else 0 end) as churned_customers,
        sum(case when is_customer_row and customer_closing_mrr > 0 then 1 else 0 end) as closing_customers,
        count(distinct case when movement_type = 'upsell' then customer_key end) as upsell_customers,
        count(distinct case when movement_type = 'cross_sell' then customer_key end) as cross_sell_customers,
        max(case when is_provisional then 1 else 0 end) as has_provisional,
        max(case when is_restated then 1 else 0 end) as has_restated
    from segmented
    group by month
        {%- for segment_type in retention_segment_types() %}, {{ segment_type }}{% endfor %}

)

select * from final
