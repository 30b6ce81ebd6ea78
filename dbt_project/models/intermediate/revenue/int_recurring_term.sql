-- Recurring lines with their customer, their family and the last day that was sold: a line does not overlap one of the
-- same customer and family that begins on the day it ends (docs/domain/revenue.md#terms). A line that ends before it
-- starts is never active.
with subscription_line as (

    select * from {{ ref('crm__subscription_line') }}
    where charge_type = 'recurring'
        and billing_period <> 'one_time'
        and start_date <= coalesce(end_date, start_date)

),

product as (

    select * from {{ ref('crm__product') }}

),

identity as (

    select account_id, customer_key from {{ ref('int_customer_identity') }}

),

placed as (

    select
        subscription_line.*,
        coalesce(identity.customer_key, 'unknown') as customer_key,
        coalesce(product.product_family_id, subscription_line.product_id, 'unknown') as product_family_id
    from subscription_line
    left join identity
        on subscription_line.account_id = identity.account_id
    left join product
        on subscription_line.product_id = product.product_id
    where not {{ is_test_customer("coalesce(identity.customer_key, 'unknown')") }}

),

-- A discount that begins follows only a discount.
beginning as (

    select
        customer_key,
        product_family_id,
        start_date,
        max(coalesce(amount_total_ex_tax, 0)) as highest_amount
    from placed
    group by customer_key, product_family_id, start_date

),

final as (

    select
        placed.line_id,
        placed.account_id,
        placed.contract_id,
        placed.product_id,
        placed.customer_key,
        placed.product_family_id,
        placed.quantity,
        placed.amount_total_ex_tax,
        placed.currency,
        placed.fx_rate_fixed,
        placed.billing_period,
        placed.start_date,
        placed.end_date as written_end_date,
        case
            when beginning.start_date is not null and (beginning.highest_amount >= 0 or placed.amount_total_ex_tax < 0)
                then placed.end_date - 1
            else placed.end_date
        end as end_date,
        placed.created_at
    from placed
    left join beginning
        on placed.customer_key = beginning.customer_key
        and placed.product_family_id = beginning.product_family_id
        and placed.end_date = beginning.start_date
        and placed.start_date < beginning.start_date

)

select * from final
