-- One row: what is counted on the business date alone, the top tenth (docs/domain/segments.md#decile), open tickets, the
-- early warning and health of active customers (docs/domain/activation.md#early-warning), and the newest wave of NPS of
-- which enough have answered (docs/domain/service.md#nps).
with decile as (

    select
        sum(case when decile = 1 then amount end) as decile_1_amount,
        sum(amount) as decile_amount,
        sum(customers) as decile_customers
    from {{ ref('mart_decile_summary') }}
    where as_of_date = {{ as_of_date() }}

),

-- null without any ticket: nobody supplies them
ticket as (

    select case when count(*) > 0 then sum(case when status in ('solved', 'closed') then 0 else 1 end) end as open_tickets
    from {{ ref('fct_ticket') }}

),

score as (

    select
        sum(ews_score) as ews_score_sum,
        count(ews_score) as ews_n,
        sum(case when ews_score < {{ var('follow_up_thresholds').ews_focus_score }} then 1 when ews_score is not null then 0 end) as ews_low,
        {%- for colour in ['green', 'red'] %}
        sum(case when health_colour = '{{ colour }}' then 1 when health_colour is not null then 0 end) as health_{{ colour }},
        {%- endfor %}
        count(health_colour) as health_n
    from {{ ref('mart_customer_360') }}
    where customer_status = 'active'

),

nps as (

    select
        max(100 * (promoters - detractors)) as nps_num,
        max(answers) as nps_answers
    from (
        select * from {{ ref('mart_nps_wave') }}
        qualify row_number() over (
            order by case when nps is null then 1 else 0 end asc, first_response_date desc, wave_id desc
        ) = 1
    ) as newest

),

final as (

    select * from decile
    cross join ticket
    cross join score
    cross join nps

)

select * from final
