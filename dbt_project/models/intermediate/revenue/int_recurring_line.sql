-- Recurring lines with their value a month and a year (docs/domain/revenue.md#line-value,
-- docs/domain/revenue.md#movements); null where its currency has no rate or nobody knows what the amount covers.
with subscription_line as (

    select * from {{ ref('crm__subscription_line') }}

),

product as (

    select * from {{ ref('crm__product') }}

),

identity as (

    select account_id, customer_key from {{ ref('int_customer_identity') }}

),

-- A line that ends before it starts is never active; it may not reach a division. Foreign currency: the rate of the
-- line's first day, for all its life.
recurring as (

    select
        subscription_line.*,
        {{ convert_money('amount_total_ex_tax', fx_rate('currency', 'exchange_rate.rate', 'fx_rate_fixed')) }} as amount,
        {{ dbt.datediff('start_date', 'end_date', 'day') }} + 1 as term_days,
        12 * (extract(year from end_date + 1) - extract(year from start_date))
        + extract(month from end_date + 1) - extract(month from start_date) as calendar_months
    from subscription_line
    left join {{ ref('int_exchange_rate') }} as exchange_rate
        on subscription_line.currency = exchange_rate.from_currency
        and subscription_line.start_date >= exchange_rate.rate_date
        and subscription_line.start_date < coalesce(exchange_rate.next_date, {{ far_future() }})
    where charge_type = 'recurring'
        and billing_period <> 'one_time'
        and start_date <= coalesce(end_date, start_date)

),

-- Whole months that the amount covers, else days; neither if nobody knows. A term without end has no length: taken as a
-- contract year.
periods as (

    select
        *,
        case
            when billing_period = 'monthly' then 1
            when billing_period = 'annual' or (billing_period = 'term' and end_date is null) then 12
            when billing_period like '%_months' then try_cast(split_part(billing_period, '_', 1) as integer)
            when billing_period = 'term' and {{ add_months('start_date', 'calendar_months') }} = end_date + 1
                then calendar_months
        end as period_months,
        case billing_period when 'daily' then 1 when 'weekly' then 7 when 'term' then term_days end as period_days
    from recurring

),

-- months = days × 12 / 365 as a fraction, so that everything stays in integers
ratios as (

    select
        *,
        case when period_months is null then 365 else 1 end as ratio_numerator,
        coalesce(period_months, 12 * period_days) as ratio_denominator
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
