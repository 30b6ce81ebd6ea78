-- Channels and categories add up to all, a month begins with what the one before has left, and ends with what waits on
-- its last day.
with month_row as (

    select * from {{ ref('mart_support_monthly') }}

),

total as (

    select * from month_row where channel_code = 'all' and category_code = 'all'

),

part as (

    select
        month
        {%- for name in ['backlog_month_start', 'created', 'reopened', 'solved', 'backlog_month_end', 'tickets_solved'] %},
        sum({{ name }}) as {{ name }}
        {%- endfor %}
    from month_row
    where channel_code <> 'all' and category_code <> 'all'
    group by month

),

waiting as (

    select {{ month_of('date_day') }} as month, sum(open_tickets) as open_tickets
    from {{ ref('fct_ticket_backlog_daily') }}
    where date_day = least(last_day(date_day), {{ as_of_date() }})
    group by 1

),

followed as (

    select month, backlog_month_start, lag(backlog_month_end, 1, 0) over (order by month) as left_open from total

)

select total.month
from total
inner join followed on total.month = followed.month
left join part on total.month = part.month
left join waiting on total.month = waiting.month
where part.month is null
    or waiting.month is null
    or followed.backlog_month_start <> followed.left_open
    or total.backlog_month_end <> waiting.open_tickets
    or total.backlog_month_end <> total.backlog_month_start + total.created + total.reopened - total.solved
    {%- for name in ['backlog_month_start', 'created', 'reopened', 'solved', 'backlog_month_end', 'tickets_solved'] %}
    or total.{{ name }} <> part.{{ name }}
    {%- endfor %}
