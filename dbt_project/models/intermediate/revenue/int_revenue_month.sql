-- Months from the first recurring line to the month of as_of, and the day at whose close each is valued:
-- its last day, the running month at as_of (docs/domain/revenue.md#running-month).
with first_line as (

    select {{ month_of('min(start_date)') }} as first_month from {{ ref('int_subscription_line') }}

),

months as (

    select {{ date_series('first_month', month_of(as_of_date()), 'month') }} as month from first_line

),

final as (

    select
        month,
        least(last_day(month), {{ as_of_date() }}) as value_date,
        last_day(month) <= {{ as_of_date() }} as is_complete,
        -- closed while the company already reported: only such a month can be restated
        last_day(month) <= {{ as_of_date() }}
        and last_day(month) >= cast('{{ var("first_business_date") }}' as date) as is_reported
    from months

)

select * from final
