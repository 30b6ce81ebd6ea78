-- grain: customer × state × weeks before as_of (0, 4, 8), where it was a customer past the ramp-up then and the state is
-- known (docs/domain/activation.md#states). Goals are known now and 4 weeks ago, clicks now; who has left has `stays` and
-- `renewed` alone.
{%- set weeks = [0, 4, 8] %}
with customer as (

    select * from {{ ref('dim_customer') }} where customer_status in ('active', 'churned') and customer_key <> 'unknown'

),

unit as (

    {% for ago in weeks -%}
    select customer_key, customer_status, {{ ago }} as weeks_ago
    from customer
    where (customer_status = 'active' or churn_date > {{ as_of_date() }} - {{ 7 * ago }})
        and coalesce(first_contract_date, {{ first_calendar_day() }}) <= {{ as_of_date() }} - {{ 7 * ago + var('ramp_up_days') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

in_window as (

    {% for ago in weeks -%}
    select customer_key, {{ ago }} as weeks_ago, state_code, count(*) as events, avg(value) as mean
    from {{ ref('int_state_event') }}
    where event_date <= {{ as_of_date() }} - {{ 7 * ago }} and until_date > {{ as_of_date() }} - {{ 7 * ago }}
    group by customer_key, state_code
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

told as (

    select customer_key, weeks_ago, state_code, mean as value
    from in_window
    where state_code in ('reopened', 'csat', 'nps')
    {%- for state, (feed, value) in {
        'tickets': ['tickets', 'events'], 'meetings': ['activities', 'events'],
        'trained': ['training', 'mean'], 'member': ['community_members', 'mean'],
    }.items() %}
    union all
    select unit.customer_key, unit.weeks_ago, '{{ state }}', coalesce(in_window.{{ value }}, 0)
    from unit
    inner join {{ ref('int_connected_feed') }} as feed on feed.has_{{ feed }}
    left join in_window
        on unit.customer_key = in_window.customer_key
        and unit.weeks_ago = in_window.weeks_ago
        and in_window.state_code = '{{ state }}'
    {%- endfor %}
    union all
    select customer.customer_key, 0, 'clicked', case when contact.email_clicks_90d > 0 then 1 else 0 end
    from customer
    inner join {{ ref('int_connected_feed') }} as feed on feed.has_emails
    left join {{ ref('int_customer_contact') }} as contact on customer.customer_key = contact.customer_key
    {%- for ago in weeks %}
    {%- for state in ['login', 'license_activation', 'report_view'] %}
    union all
    select customer_key, {{ ago }}, '{{ state }}', s_{{ state }}
    from {{ ref('mart_ews_score') }}
    where week_end = {{ last_week_end() }} - {{ 7 * ago }}
    {%- endfor %}
    {%- endfor %}
    {%- for ago in [0, 4] %}
    union all
    select customer_key, {{ ago }}, 'goal_' || stage_code, max(goal_flag)
    from {{ ref('int_activation_goal') }}
    where evaluated_on = {{ as_of_date() }} - {{ 7 * ago }}
    group by customer_key, stage_code
    union all
    select customer_key, {{ ago }}, 'regular', max(case when is_regular then 1 else 0 end)
    from {{ ref('int_activation_level') }}
    where evaluated_on = {{ as_of_date() }} - {{ 7 * ago }}
    group by customer_key
    {%- endfor %}

),

final as (

    select told.customer_key, told.state_code, told.weeks_ago, cast(round(told.value, 4) as decimal(12, 4)) as value
    from told
    inner join unit on told.customer_key = unit.customer_key and told.weeks_ago = unit.weeks_ago
    where told.value is not null
    union all
    select customer_key, 'stays', 0, cast(max(case when customer_status = 'active' then 1 else 0 end) as decimal(12, 4))
    from unit
    group by customer_key
    union all
    select unit.customer_key, 'renewed', 0, cast(case when in_window.mean = 1 then 1 else 0 end as decimal(12, 4))
    from in_window
    inner join unit on in_window.customer_key = unit.customer_key and unit.weeks_ago = 8
    where in_window.state_code = 'renewed' and in_window.weeks_ago = 0

)

select * from final
