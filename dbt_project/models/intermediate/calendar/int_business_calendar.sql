-- grain: day; business days and support seconds counted from the beginning of the calendar, so that the time between
-- two moments is the difference of two positions (docs/domain/service.md#business-hours,
-- docs/domain/activation.md#stage-events)
{%- set start = var('business_hours').start.split(':') %}
{%- set end = var('business_hours').end.split(':') %}
{%- set opening_second = start[0] | int * 3600 + start[1] | int * 60 %}
{%- set support_day_seconds = end[0] | int * 3600 + end[1] | int * 60 - opening_second %}

with calendar as (

    select
        date_day,
        is_business_day,
        -- a company may support on Saturdays, but not on holidays
        case
            when holiday_name is null and iso_weekday in ({{ var('business_hours').days | join(', ') }})
                then {{ support_day_seconds }}
            else 0
        end as support_seconds
    from {{ ref('dim_date') }}

),

final as (

    select
        date_day,
        sum(case when is_business_day then 1 else 0 end) over (
            order by date_day rows unbounded preceding
        ) as business_day_no,
        {{ opening_second }} as opening_second,
        support_seconds,
        coalesce(
            sum(support_seconds) over (order by date_day rows between unbounded preceding and 1 preceding), 0
        ) as support_seconds_before
    from calendar

)

select * from final
