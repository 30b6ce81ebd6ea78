-- Rates to the reporting currency with the day before which each holds, null for the newest
-- (docs/domain/revenue.md#currency).
with rates as (

    select
        from_currency,
        rate_date,
        lead(rate_date) over (partition by from_currency order by rate_date) as next_date,
        rate
    from {{ ref('crm__exchange_rate') }}
    where rate > 0

),

final as (

    select
        *,
        rate_date <= {{ as_of_date() }} and coalesce(next_date, {{ far_future() }}) > {{ as_of_date() }} as is_current
    from rates

)

select * from final
