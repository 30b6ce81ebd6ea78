-- Tickets and satisfaction of each customer in the last 90 days, and its latest NPS answer
-- (docs/domain/service.md#csat, docs/domain/service.md#tickets). Rates of tickets go by the day they were first solved,
-- all else by the day a ticket was opened.
{%- set window_start = local_midnight(as_of_date() ~ ' - 89') %}
with feed as (

    select * from {{ ref('int_connected_feed') }}

),

ticket as (

    select
        ticket.*,
        created_at >= {{ window_start }} as is_new,
        first_solved_at >= {{ window_start }} as is_solved
    from {{ ref('fct_ticket') }} as ticket
    inner join feed on feed.has_tickets
    where created_at >= {{ window_start }} or first_solved_at >= {{ window_start }}

),

answer as (

    select * from {{ ref('fct_survey_response') }}

),

ticket_figures as (

    select
        customer_key,
        sum(case when is_new then 1 else 0 end) as tickets_90d,
        sum(case when is_new and is_complaint then 1 else 0 end) as complaints_90d,
        sum(case when is_solved and reopen_count > 0 then 1 else 0 end) as reopen_rate_90d_num,
        sum(case when is_solved then 1 else 0 end) as reopen_rate_90d_den,
        median(case when is_new then first_response_min_bm end) as median_first_response_bm_90d
    from ticket
    group by customer_key

),

-- Satisfaction with the service, not with what the product is good for (docs/domain/service.md#csat).
csat as (

    select
        customer_key,
        sum(case when {{ is_satisfied('score', 'scale_max') }} then 1 else 0 end) as csat_90d_num,
        count(*) as csat_90d_den
    from answer
    inner join feed on feed.has_csat
    where survey_type = 'csat'
        and is_newest
        and responded_at >= {{ window_start }}
    group by customer_key

),

nps as (

    select customer_key, score as nps_latest, response_class as nps_class
    from answer
    where survey_type = 'nps'
    qualify row_number() over (partition by customer_key order by responded_at desc, response_key desc) = 1

),

final as (

    select
        coalesce(ticket_figures.customer_key, csat.customer_key, nps.customer_key) as customer_key,
        ticket_figures.tickets_90d,
        ticket_figures.complaints_90d,
        ticket_figures.reopen_rate_90d_num,
        ticket_figures.reopen_rate_90d_den,
        cast(ticket_figures.median_first_response_bm_90d as decimal(12, 2)) as median_first_response_bm_90d,
        csat.csat_90d_num,
        csat.csat_90d_den,
        cast(nps.nps_latest as smallint) as nps_latest,
        nps.nps_class
    from ticket_figures
    full outer join csat on ticket_figures.customer_key = csat.customer_key
    full outer join nps on coalesce(ticket_figures.customer_key, csat.customer_key) = nps.customer_key

)

select * from final
