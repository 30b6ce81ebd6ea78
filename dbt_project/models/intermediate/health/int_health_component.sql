-- grain: active customer; the components of its health, each 0 to 100, null where nothing is known of it
-- (docs/domain/activation.md#health)
{%- set rule = var('health_rules') %}
with customer as (

    select customer_key, first_contract_date from {{ ref('dim_customer') }}
    where customer_status = 'active' and customer_key <> 'unknown'

),

-- of several processes, the one that goes best; who is ramping up is not judged by its level
activation as (

    select customer_key, max(activation_level) * 20 as score
    from {{ ref('mart_activation_level') }}
    where as_of_date = {{ as_of_date() }} and not is_ramp_up
    group by customer_key

),

service as (

    select * from {{ ref('int_customer_service') }}

),

-- (NPS + 100) ÷ 2, NPS being that of the customer's own answers
nps as (

    select customer_key, avg(case response_class when 'promoter' then 100 when 'passive' then 50 else 0 end) as score
    from {{ ref('fct_survey_response') }}
    where survey_type = 'nps' and response_date > {{ as_of_date() }} - {{ rule.nps_days }}
    group by customer_key

),

waiting as (

    select customer_key, count(*) as tickets
    from {{ ref('fct_ticket') }}
    where status not in ('solved', 'closed')
        and created_date <= {{ as_of_date() }} - {{ var('follow_up_thresholds').waiting_days }}
    group by customer_key

),

ticket as (

    select
        customer.customer_key,
        coalesce(service.tickets_90d, 0) + coalesce(service.reopen_rate_90d_den, 0) + coalesce(waiting.tickets, 0) > 0
            as has_any,
        {{ rule.complaint_points }} * coalesce(service.complaints_90d, 0)
        + {{ rule.waiting_points }} * coalesce(waiting.tickets, 0)
        + {{ rule.reopen_points }} * coalesce(service.reopen_rate_90d_num * 1.0 / nullif(service.reopen_rate_90d_den, 0), 0)
            as points_lost
    from customer
    inner join {{ ref('int_connected_feed') }} as feed on feed.has_tickets
    left join service on customer.customer_key = service.customer_key
    left join waiting on customer.customer_key = waiting.customer_key

),

final as (

    select
        customer.customer_key,
        {{ dbt.datediff('coalesce(customer.first_contract_date, ' ~ first_calendar_day() ~ ')', as_of_date(), 'day') }}
            as account_days,
        cast(activation.score as decimal(6, 2)) as activation,
        ews.score as ews,
        cast(round(service.csat_90d_num * 100.0 / nullif(service.csat_90d_den, 0), 2) as decimal(6, 2)) as csat,
        cast(round(nps.score, 2) as decimal(6, 2)) as nps,
        cast(round(case when ticket.has_any then greatest(0, 100 - ticket.points_lost) end, 2) as decimal(6, 2)) as tickets
    from customer
    left join activation on customer.customer_key = activation.customer_key
    left join {{ ref('int_ews_newest') }} as ews on customer.customer_key = ews.customer_key
    left join service on customer.customer_key = service.customer_key
    left join nps on customer.customer_key = nps.customer_key
    left join ticket on customer.customer_key = ticket.customer_key

)

select * from final
