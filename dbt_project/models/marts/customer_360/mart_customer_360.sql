-- Everything about a customer in one row, as of the newest business date: active and churned ones
-- (docs/domain/customers.md#customer-360).
{%- set revenue_columns = ['mrr', 'arr', 'contract_end_date', 'days_to_renewal', 'last_movement_type', 'cs_focus_window'] %}
{%- set counts = {
    'tickets_90d': 'has_tickets', 'complaints_90d': 'has_tickets',
    'reopen_rate_90d_num': 'has_tickets', 'reopen_rate_90d_den': 'has_tickets',
    'csat_90d_num': 'has_csat', 'csat_90d_den': 'has_csat', 'email_clicks_90d': 'has_emails',
    'faq_views_90d': 'has_faq_views', 'human_contacts_90d': 'has_human_contacts', 'training_enrolled': 'has_training',
    'training_completed': 'has_training', 'events_attended_12m': 'has_community_events',
} %}
with customer as (

    select * from {{ ref('dim_customer') }}
    where customer_status in ('active', 'churned')

),

-- In several processes, the one that goes best (docs/domain/customers.md#customer-360).
activation as (

    select * from {{ ref('mart_activation_level') }}
    where as_of_date = {{ as_of_date() }}
    qualify row_number() over (
        partition by customer_key order by activation_level desc, activation_score desc, process_id asc
    ) = 1

),

identity as (

    select customer_key, count(distinct source_system) as systems
    from {{ ref('bridge_customer_identity') }}
    where customer_key <> 'unknown'
    group by customer_key

),

quadrant as (

    select customer_key, sum(case when is_filled then 1 else 0 end) as filled
    from {{ ref('mart_data_quadrant') }}
    group by customer_key

),

final as (

    select
        customer.*,
        {%- for column in revenue_columns %}
        revenue.{{ column }},
        {%- endfor %}
        case when feed.has_purchases then coalesce(revenue.ltv_to_date, 0) end as ltv_to_date,
        rfm.last_order_date,
        case when feed.has_opportunities then coalesce(revenue.open_opportunity, 0) end as open_opportunity,
        rfm.rfm_code, rfm.rfm_segment,
        decile.decile,
        phase.phase_code as current_phase_code,
        activation.activation_level, activation.activation_score, activation.is_regular, activation.level_change_28d,
        ews.score as ews_score,
        ews.score_growth as ews_score_growth,
        ews.slope_8w as ews_slope_8w,
        ews.adoption_curve_shape,
        health.health_score, health.health_colour, health.coverage as health_coverage,
        {%- for column, has_feed in counts.items() %}
        cast(case when feed.{{ has_feed }} then coalesce({{ column }}, 0) end as integer) as {{ column }},
        {%- endfor %}
        {{ shown_rate('service.reopen_rate_90d_num', 'service.reopen_rate_90d_den') }} as reopen_rate_90d,
        service.median_first_response_bm_90d,
        {{ shown_rate('service.csat_90d_num', 'service.csat_90d_den') }} as csat_90d,
        service.nps_latest,
        service.nps_class,
        contact.last_contact_at,
        plan.success_plan_step,
        case when feed.has_community_members then coalesce(enablement.is_community_member, false) end as is_community_member,
        enablement.adoption_driver,
        enablement.is_fit,
        cast(coalesce(identity.systems, 0) as smallint) as identity_systems_matched,
        cast(quadrant.filled as smallint) as quadrants_filled,
        {{ is_rate_hidden('service.reopen_rate_90d_den') }} or {{ is_rate_hidden('service.csat_90d_den') }} as is_suppressed
    from customer
    cross join {{ ref('int_connected_feed') }} as feed
    left join {{ ref('int_customer_revenue') }} as revenue on customer.customer_key = revenue.customer_key
    left join {{ ref('int_customer_service') }} as service on customer.customer_key = service.customer_key
    left join {{ ref('int_customer_contact') }} as contact on customer.customer_key = contact.customer_key
    left join {{ ref('mart_rfm') }} as rfm on customer.customer_key = rfm.customer_key and rfm.as_of_date = {{ as_of_date() }}
    left join {{ ref('mart_decile') }} as decile on customer.customer_key = decile.customer_key and decile.as_of_date = {{ as_of_date() }}
    left join activation on customer.customer_key = activation.customer_key
    left join {{ ref('int_ews_newest') }} as ews on customer.customer_key = ews.customer_key
    left join {{ ref('mart_health_score') }} as health on customer.customer_key = health.customer_key and health.as_of_date = {{ as_of_date() }}
    left join identity on customer.customer_key = identity.customer_key
    left join quadrant on customer.customer_key = quadrant.customer_key
    left join {{ ref('fct_customer_phase') }} as phase on customer.customer_key = phase.customer_key and phase.is_current
    left join {{ ref('int_success_plan') }} as plan on customer.customer_key = plan.customer_key
    left join {{ ref('int_customer_enablement') }} as enablement on customer.customer_key = enablement.customer_key

)

select * from final
