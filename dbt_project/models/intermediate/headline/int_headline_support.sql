-- grain: month, from the first ticket's on, at most the last 25 (docs/domain/service.md#tickets). Tickets opened and
-- their first responses by the month opened, rates by the month first solved, full resolution by the month last solved,
-- satisfaction by the month of the answer (docs/domain/service.md#csat).
{%- set counts = [
    'tickets_created', 'first_response_n', 'first_response_with_target', 'first_response_on_target', 'full_resolution_n',
    'resolution_with_target', 'resolution_on_target', 'solved', 'reopened', 'one_touch', 'answers', 'satisfied'] %}
with ticket as (

    select * from {{ ref('fct_ticket') }}

),

first_ticket as (

    select greatest(min({{ month_of('created_date') }}), {{ history_start() }}) as first_month
    from ticket
    having count(*) > 0

),

months as (

    select {{ date_series('first_month', month_of(as_of_date()), 'month') }} as month from first_ticket

),

opened as (

    select
        {{ month_of('created_date') }} as month,
        count(*) as tickets_created,
        median(first_response_min_bm) as first_response_bm,
        count(first_response_min_bm) as first_response_n,
        count(is_first_response_on_target) as first_response_with_target,
        sum(case when is_first_response_on_target then 1 else 0 end) as first_response_on_target
    from ticket
    where created_date >= {{ history_start() }}
    group by 1

),

solved as (

    select
        {{ month_of('first_solved_date') }} as month,
        count(*) as solved,
        sum(case when reopen_count > 0 then 1 else 0 end) as reopened,
        sum(case when is_one_touch then 1 else 0 end) as one_touch
    from ticket
    where first_solved_date >= {{ history_start() }}
    group by 1

),

resolved as (

    select
        {{ month_of('last_solved_date') }} as month,
        median(full_resolution_min_bm) as full_resolution_bm,
        count(full_resolution_min_bm) as full_resolution_n,
        count(is_resolution_on_target) as resolution_with_target,
        sum(case when is_resolution_on_target then 1 else 0 end) as resolution_on_target
    from ticket
    where last_solved_date >= {{ history_start() }}
    group by 1

),

answered as (

    select
        {{ month_of('csat_date') }} as month,
        count(*) as answers,
        sum(case when {{ is_satisfied('csat_score', 'csat_scale_max') }} then 1 else 0 end) as satisfied
    from ticket
    where csat_date >= {{ history_start() }} and csat_score is not null
    group by 1

),

final as (

    select
        months.month,
        last_day(months.month) <= {{ as_of_date() }} as is_complete,
        {%- for count in counts %}
        coalesce({{ count }}, 0) as {{ count }},
        {%- endfor %}
        first_response_bm,
        full_resolution_bm
    from months
    left join opened on months.month = opened.month
    left join solved on months.month = solved.month
    left join resolved on months.month = resolved.month
    left join answered on months.month = answered.month

)

select * from final
