-- grain: active customer; what may be a reason to call it on the business date (docs/domain/activation.md#follow-up)
{%- set limit = var('follow_up_thresholds') %}
with customer as (

    select * from {{ ref('mart_customer_360') }} where customer_status = 'active'

),

-- the worse of several processes
activation as (

    select customer_key, min(activation_level) as activation_level, min(level_change_28d) as level_change_28d
    from {{ ref('mart_activation_level') }}
    where as_of_date = {{ as_of_date() }} and not is_ramp_up
    group by customer_key

),

usage as (

    select * from {{ ref('int_follow_up_usage') }}

),

nps as (

    select customer_key, score, response_class, response_date
    from {{ ref('fct_survey_response') }}
    where survey_type = 'nps'
    qualify row_number() over (partition by customer_key order by responded_at desc, response_key desc) = 1

),

ticket as (

    select
        customer_key,
        sum(case when is_complaint and created_date > {{ as_of_date() }} - {{ limit.complaint_days }} then 1 else 0 end)
            as complaints,
        sum(case
            when status not in ('solved', 'closed') and created_date <= {{ as_of_date() }} - {{ limit.waiting_days }}
                then 1
            else 0
        end) as waiting
    from {{ ref('fct_ticket') }}
    group by customer_key

),

final as (

    select
        customer.customer_key,
        activation.level_change_28d as level_drop,
        case when usage.is_silent then {{ 7 * limit.unused_weeks }} end as usage_silence,
        usage.usage_drop,
        case
            when ews.score < {{ limit.ews_score }} or ews.score_change_4w <= -{{ limit.ews_drop }}
                or (ews.score < {{ limit.ews_focus_score }} and customer.cs_focus_window <> 'none')
                then ews.score
        end as low_score,
        case when customer.cs_focus_window = 'pre_renewal' then activation.activation_level end as renewal_at_risk,
        case when customer.cs_focus_window = 'onboarding' then activation.activation_level end as onboarding_stuck,
        ticket.complaints as complaint,
        ticket.waiting as ticket_waiting,
        case
            when nps.response_class = 'detractor' and nps.response_date > {{ as_of_date() }} - {{ limit.detractor_days }}
                then nps.score
        end as detractor,
        case
            when feed.has_tickets or feed.has_csat or feed.has_emails or feed.has_human_contacts
                or feed.has_community_events or feed.has_community_posts
                then {{ dbt.datediff(
                    'coalesce(' ~ local_date('customer.last_contact_at') ~ ', customer.first_contract_date)',
                    as_of_date(), 'day'
                ) }}
        end as contact_silence
    from customer
    cross join {{ ref('int_connected_feed') }} as feed
    left join activation on customer.customer_key = activation.customer_key
    left join usage on customer.customer_key = usage.customer_key
    left join {{ ref('int_ews_newest') }} as ews on customer.customer_key = ews.customer_key
    left join ticket on customer.customer_key = ticket.customer_key
    left join nps on customer.customer_key = nps.customer_key

)

select * from final
