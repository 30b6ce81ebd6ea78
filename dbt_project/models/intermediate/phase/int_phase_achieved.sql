-- grain: customer with a contract × phase that is measured for it; the day it first achieved it
-- (docs/domain/activation.md#phases). A phase is measured where its feed is connected: onboarding where the customer has
-- mandatory tasks, adoption where it has a level, renewal where a term ends.
with customer as (

    select customer_key, first_contract_date as started_date from {{ ref('dim_customer') }}
    where customer_status in ('active', 'churned') and customer_key <> 'unknown' and first_contract_date <= {{ as_of_date() }}

),

feed as (

    select * from {{ ref('int_connected_feed') }}

),

follow as (

    select customer_key, follow_date from {{ ref('int_customer_follow') }}

),

level as (

    select
        customer_key,
        case
            when max(activation_level) >= {{ var('adopted_activation_level') }}
                then least(last_day(month), {{ as_of_date() }})
        end as adopted_date
    from {{ ref('fct_activation_monthly') }}
    group by customer_key, month

),

movement as (

    select customer_key, least(last_day(month), {{ as_of_date() }}) as expanded_date
    from {{ ref('fct_mrr_movement') }}
    where movement_type in ('upsell', 'cross_sell')

),

advocacy as (

    select customer_key, advocacy_date from {{ ref('int_advocacy') }}
    union all
    select customer_key, response_date as advocacy_date from {{ ref('fct_survey_response') }}
    where survey_type = 'nps' and response_class = 'promoter'

),

final as (

    select customer.customer_key, 'onboarding' as phase_code, customer.started_date, int_onboarding.onboarded_date as achieved_date
    from customer
    inner join {{ ref('int_onboarding') }} as int_onboarding on customer.customer_key = int_onboarding.customer_key
    union all
    select customer.customer_key, 'adoption', customer.started_date, min(level.adopted_date)
    from customer
    inner join level
        on customer.customer_key = level.customer_key
        and customer.started_date <= coalesce(level.adopted_date, {{ as_of_date() }})
    group by customer.customer_key, customer.started_date
    union all
    select customer.customer_key, 'renewal_retention', customer.started_date, renewal.renewed_date
    from customer
    inner join {{ ref('int_first_renewal') }} as renewal on customer.customer_key = renewal.customer_key
    {%- for phase_code, events, day, has_feed in [
        ('support', 'follow', 'follow_date', 'has_follows'), ('expansion', 'movement', 'expanded_date', 'true'),
        ('loyalty_advocate', 'advocacy', 'advocacy_date', 'has_advocacy'),
    ] %}
    union all
    select customer.customer_key, '{{ phase_code }}', customer.started_date, min({{ events }}.{{ day }})
    from customer
    cross join feed
    left join {{ events }}
        on customer.customer_key = {{ events }}.customer_key and customer.started_date <= {{ events }}.{{ day }}
    where {{ 'feed.' if has_feed != 'true' }}{{ has_feed }}
    group by customer.customer_key, customer.started_date
    {%- endfor %}

)

select * from final
