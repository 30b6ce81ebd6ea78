-- grain: day; business days and support seconds counted from the beginning of the calendar, so that the time between
-- two moments is the difference of two positions (§2.8, 2.10)

with calendar as (

    select
        date_day,
        is_business_day,
        -- a company may support on Saturdays, but not on holidays
        holiday_name is null and iso_weekday in ({{ var('business_hours').days | join(', ') }}) as is_support_day
    from {{ ref('dim_date') }}

),

final as (

    select
        date_day,
        is_support_day,
        sum(case when is_business_day then 1 else 0 end) over (
            order by date_day rows unbounded preceding
        ) as business_day_no,
        coalesce(sum(case when is_support_day then {{ support_day_seconds() }} else 0 end) over (
            order by date_day rows between unbounded preceding and 1 preceding
        ), 0) as support_seconds_before
    from calendar

)

select * from final
