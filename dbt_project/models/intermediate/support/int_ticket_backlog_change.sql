-- grain: day × channel × priority on which the number of waiting tickets, or how old they are, changes
-- (docs/domain/service.md#backlog). A ticket is `from_2` days old from its second day on, if it is waiting then.
{%- set ages = [2, 4, 8] %}
with ticket as (

    select
        ticket_key,
        channel_code,
        coalesce(priority, 'none') as priority,
        created_date
    from {{ ref('fct_ticket') }}

),

flow as (

    select
        ticket.channel_code,
        ticket.priority,
        ticket.created_date,
        flow.flow,
        flow.flow_date,
        lead(flow.flow_date) over (partition by flow.ticket_id order by flow.flow_no) as until_date
    from {{ ref('int_ticket_flow') }} as flow
    inner join ticket on flow.ticket_id = ticket.ticket_key

),

change as (

    select
        channel_code,
        priority,
        flow_date as date_day,
        case when flow = 'created' then 1 else 0 end as created,
        case when flow = 'reopened' then 1 else 0 end as reopened,
        case when flow = 'solved' then 1 else 0 end as solved
        {%- for age in ages %},
        0 as from_{{ age }}
        {%- endfor %}
    from flow
    {%- for age in ages %}
    union all
    select
        channel_code,
        priority,
        greatest(flow_date, created_date + {{ age }}),
        0, 0, 0{% for other in ages %}, {{ 1 if other == age else 0 }}{% endfor %}
    from flow
    where flow <> 'solved'
        and greatest(flow_date, created_date + {{ age }}) < coalesce(until_date, {{ as_of_date() }} + 1)
    {%- endfor %}
    union all
    select
        channel_code,
        priority,
        until_date,
        0, 0, 0
        {%- for age in ages %}, case when greatest(flow_date, created_date + {{ age }}) < until_date then -1 else 0 end
        {%- endfor %}
    from flow
    where flow <> 'solved' and until_date is not null

),

final as (

    select
        date_day,
        channel_code,
        priority
        {%- for name in ['created', 'reopened', 'solved', 'from_2', 'from_4', 'from_8'] %},
        cast(sum({{ name }}) as integer) as {{ name }}
        {%- endfor %}
    from change
    group by date_day, channel_code, priority

)

select * from final
