-- grain: month × channel × category, `all` of either and of both beside them, from their first ticket on
-- (docs/domain/service.md#by-month). Each is counted in the month of the day that decides: opened and first response,
-- first solved, last solved, answered.
{%- set measures = {
    'opened': ('ticket', 'created_date', {
        'frt_median_bm': 'median(first_response_min_bm)',
        'frt_p90_bm': 'percentile_cont(0.9) within group (order by first_response_min_bm)',
        'first_responses': 'count(first_response_min_bm)',
        'first_response_on_target_den': 'count(is_first_response_on_target)',
        'first_response_on_target_num': 'sum(case when is_first_response_on_target then 1 else 0 end)'}),
    'first_solved': ('ticket', 'first_solved_date', {
        'reopen_rate_num': 'sum(case when reopen_count > 0 then 1 else 0 end)',
        'one_touch_rate_den': 'count(is_one_touch)',
        'one_touch_rate_num': 'sum(case when is_one_touch then 1 else 0 end)',
        'tickets_solved': 'count(*)'}),
    'resolved': ('ticket', 'last_solved_date', {
        'resolution_median_bm': 'median(full_resolution_min_bm)',
        'full_resolutions': 'count(full_resolution_min_bm)',
        'resolution_on_target_den': 'count(is_resolution_on_target)',
        'resolution_on_target_num': 'sum(case when is_resolution_on_target then 1 else 0 end)'}),
    'answered': ('ticket', 'csat_date', {
        'csat_den': 'count(csat_score)',
        'csat_num': 'sum(case when ' ~ is_satisfied('csat_score', 'csat_scale_max') ~ ' then 1 else 0 end)'}),
    'moved': ('flow', 'flow_date', {
        'created': "sum(case when flow = 'created' then 1 else 0 end)",
        'reopened': "sum(case when flow = 'reopened' then 1 else 0 end)",
        'solved': "sum(case when flow = 'solved' then 1 else 0 end)"}),
} %}
with ticket as (

    select
        *,
        channel_code as channel,
        case when category_code = 'all' then 'category all' else coalesce(category_code, 'none') end as category
    from {{ ref('fct_ticket') }}

),

flow as (

    select flow.flow, flow.flow_date, ticket.channel, ticket.category
    from {{ ref('int_ticket_flow') }} as flow
    inner join ticket on flow.ticket_id = ticket.ticket_key

),
{% for name, (table, day, columns) in measures.items() %}
{{ name }} as (

    select
        month,
        coalesce(channel, 'all') as channel_code,
        coalesce(category, 'all') as category_code
        {%- for column, expression in columns.items() %},
        {{ expression }} as {{ column }}
        {%- endfor %}
    from (select *, {{ month_of(day) }} as month from {{ table }} where {{ day }} is not null) as dated
    group by month, cube(channel, category)

),
{% endfor %}
first_month as (

    select channel_code, category_code, min(month) as first_month
    from moved
    group by channel_code, category_code

),

months as (

    select channel_code, category_code, {{ date_series('first_month', month_of(as_of_date()), 'month') }} as month
    from first_month

),

final as (

    select
        months.month,
        months.channel_code,
        months.category_code
        {%- for name, (table, day, columns) in measures.items() %}
        {%- for column in columns %},
        {{ column if 'median' in column or 'p90' in column else 'coalesce(' ~ column ~ ', 0)' }} as {{ column }}
        {%- endfor %}
        {%- endfor %}
    from months
    {%- for name in measures %}
    left join {{ name }}
        on months.month = {{ name }}.month
        and months.channel_code = {{ name }}.channel_code
        and months.category_code = {{ name }}.category_code
    {%- endfor %}

)

select * from final
