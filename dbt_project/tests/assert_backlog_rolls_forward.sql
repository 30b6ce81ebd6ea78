-- A backlog moves by what is created, reopened and solved alone, every waiting ticket has one age, and what waits on the
-- business date are the tickets whose status says so.
with day as (

    select
        *,
        lag(open_tickets, 1, 0) over (partition by channel_code, priority order by date_day) as left_open,
        lag(date_day) over (partition by channel_code, priority order by date_day) as day_before
    from {{ ref('fct_ticket_backlog_daily') }}

),

broken as (

    select date_day, channel_code, priority, 'a day does not close' as problem
    from day
    where opening_tickets <> left_open
        or open_tickets <> opening_tickets + created + reopened - solved
        or open_tickets <> age_0_1 + age_2_3 + age_4_7 + age_8_plus
        or least(opening_tickets, created, reopened, solved, age_0_1, age_2_3, age_4_7, age_8_plus) < 0
        or date_day <> day_before + 1
    union all
    select {{ as_of_date() }}, expected.channel_code, expected.priority, 'tickets are not those of fct_ticket'
    from (
        select
            channel_code,
            coalesce(priority, 'none') as priority,
            count(*) as tickets,
            sum(case when status in ('solved', 'closed') then 0 else 1 end) as open_tickets
        from {{ ref('fct_ticket') }}
        group by 1, 2
    ) as expected
    left join (
        select
            channel_code,
            priority,
            sum(created) as tickets,
            sum(case when date_day = {{ as_of_date() }} then open_tickets end) as open_tickets
        from day
        group by 1, 2
    ) as modelled
        on expected.channel_code = modelled.channel_code and expected.priority = modelled.priority
    where modelled.tickets is null
        or expected.tickets <> modelled.tickets
        or expected.open_tickets <> modelled.open_tickets

)

select * from broken
