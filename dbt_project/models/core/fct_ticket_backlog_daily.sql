-- grain: day × channel × priority, from the first ticket of the two on: tickets waiting when the day ends, and what
-- changed them (docs/domain/service.md#backlog). A sum over the days before, never over pairs of tickets and days.
with change as (

    select * from {{ ref('int_ticket_backlog_change') }}

),

first_day as (

    select channel_code, priority, min(date_day) as first_day
    from change
    group by channel_code, priority

),

days as (

    select channel_code, priority, {{ date_series('first_day', as_of_date(), 'day') }} as date_day from first_day

),

moved as (

    select
        days.date_day,
        days.channel_code,
        days.priority
        {%- for name in ['created', 'reopened', 'solved', 'from_2', 'from_4', 'from_8'] %},
        coalesce(change.{{ name }}, 0) as {{ name }}
        {%- endfor %}
    from days
    left join change
        on days.channel_code = change.channel_code
        and days.priority = change.priority
        and days.date_day = change.date_day

),

summed as (

    select
        date_day,
        channel_code,
        priority,
        created,
        reopened,
        solved,
        sum(created + reopened - solved) over so_far as open_tickets
        {%- for age in [2, 4, 8] %},
        sum(from_{{ age }}) over so_far as from_{{ age }}
        {%- endfor %}
    from moved
    window so_far as (partition by channel_code, priority order by date_day rows unbounded preceding)

),

final as (

    select
        date_day,
        channel_code,
        priority,
        cast(open_tickets - created - reopened + solved as integer) as opening_tickets,
        created,
        reopened,
        solved,
        cast(open_tickets as integer) as open_tickets,
        cast(open_tickets - from_2 as integer) as age_0_1,
        cast(from_2 - from_4 as integer) as age_2_3,
        cast(from_4 - from_8 as integer) as age_4_7,
        cast(from_8 as integer) as age_8_plus
    from summed

)

select * from final
