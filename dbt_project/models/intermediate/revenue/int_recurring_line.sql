-- Recurring lines with their value a month and a year (docs/domain/revenue.md#line-value,
-- docs/domain/revenue.md#movements).
with subscription_line as (

    select * from {{ ref('crm__subscription_line') }}

),

product as (

    select * from {{ ref('crm__product') }}

),

identity as (

    select account_id, customer_key from {{ ref('int_customer_identity') }}

),

-- A line that ends before it starts is never active; it may not reach a division. Foreign currency: the contract's rate.
recurring as (

    select
        *,
        {{ convert_money('amount_total_ex_tax', 'fx_rate_fixed') }} as amount,
        {{ dbt.datediff('start_date', 'end_date', 'day') }} + 1 as term_days,
        12 * (extract(year from end_date + 1) - extract(year from start_date))
        + extract(month from end_date + 1) - extract(month from start_date) as calendar_months
    from subscription_line
    where charge_type = 'recurring'
        and start_date <= coalesce(end_date, start_date)

),

-- Months the amount covers, null if no whole number. A term without end has no length: taken as a contract year.
periods as (

    select
        *,
        case
            when billing_period = 'monthly' then 1
            when billing_period = 'annual' or end_date is null then 12
            when {{ add_months('start_date', 'calendar_months') }} = end_date + 1 then calendar_months
        end as period_months
    from recurring

),

-- months = days × 12 / 365 as a fraction, so that everything stays in integers
ratios as (

    select
        *,
        case when period_months is null then 365 else 1 end as ratio_numerator,
        coalesce(period_months, 12 * term_days) as ratio_denominator
    from periods

),

final as (

    select
        ratios.line_id,
        coalesce(identity.customer_key, 'unknown') as customer_key,
        ratios.contract_id,
        ratios.product_id as product_key,
        coalesce(product.product_family_id, ratios.product_id, 'unknown') as product_family_id,
        ratios.start_date,
        ratios.end_date,
        cast(coalesce(ratios.quantity, 0) as decimal(18, 4)) as licences,
        {{ divide_money('ratios.amount', 'ratios.ratio_numerator', 'ratios.ratio_denominator') }} as mrr,
        {{ divide_money('ratios.amount', '12 * ratios.ratio_numerator', 'ratios.ratio_denominator') }} as arr,
        coalesce({{ local_date('ratios.created_at') }}, ratios.start_date) as known_date
    from ratios
    left join identity
        on ratios.account_id = identity.account_id
    left join product
        on ratios.product_id = product.product_id

)

select * from final
