-- Recurring lines with their value a month and a year (docs/domain/revenue.md#line-value,
-- docs/domain/revenue.md#movements); null where its currency has no rate or nobody knows what the amount covers.
with term as (

    select * from {{ ref('int_recurring_term') }}

),

renewal as (

    select * from {{ ref('int_auto_renewal') }}
    where is_counted

),

-- Foreign currency: the rate of the line's first day, for all its life. The term's last day or, as billing systems write
-- it, the day after: either way the months between.
recurring as (

    select
        term.*,
        {{ convert_money('amount_total_ex_tax', fx_rate('currency', 'exchange_rate.rate', 'fx_rate_fixed')) }} as amount,
        {{ dbt.datediff('start_date', 'end_date', 'day') }} + 1 as term_days,
        {{ calendar_months('start_date', 'end_date + 1') }} as months_to_next,
        {{ calendar_months('start_date', 'end_date') }} as months_to_end
    from term
    left join {{ ref('int_exchange_rate') }} as exchange_rate
        on term.currency = exchange_rate.from_currency
        and term.start_date >= exchange_rate.rate_date
        and term.start_date < coalesce(exchange_rate.next_date, {{ far_future() }})

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
            when billing_period = 'term' and {{ add_months('start_date', 'months_to_next') }} = end_date + 1
                then months_to_next
            when billing_period = 'term' and months_to_end > 0
                and {{ add_months('start_date', 'months_to_end') }} = end_date then months_to_end
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
        ratios.customer_key,
        ratios.contract_id,
        ratios.product_id as product_key,
        ratios.product_family_id,
        ratios.start_date,
        case when renewal.line_id is null then ratios.end_date else renewal.renewed_until end as end_date,
        cast(coalesce(ratios.quantity, 0) as decimal(18, 4)) as licences,
        {{ divide_money('ratios.amount', 'ratios.ratio_numerator', 'ratios.ratio_denominator') }} as mrr,
        {{ divide_money('ratios.amount', '12 * ratios.ratio_numerator', 'ratios.ratio_denominator') }} as arr,
        coalesce({{ local_date('ratios.created_at') }}, ratios.start_date) as known_date
    from ratios
    left join renewal on ratios.line_id = renewal.line_id

)

select * from final
