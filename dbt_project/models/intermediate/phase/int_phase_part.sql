{{ config(materialized='view') }}
-- What each customer adds to the figures of a month and phase: what happened in the month, of its cohort in the month it
-- started (docs/domain/activation.md#phases)
{%- set class_is = "case when response_class = '{}' then 1 else 0 end" %}
{%- set nps = {'promoters': class_is.format('promoter'), 'detractors': class_is.format('detractor'), 'nps_den': '1'} %}
{#- source → phase, month, what it adds, where -#}
{%- set parts = [
    ('month', 'closing_phase', 'month', {'customers_in_phase': '1'}, 'closing_phase is not null'),
    ('month', 'opening_phase', 'month', {
        'opening_customers': '1', 'churned_in_phase': 'case when closing_phase is null then 1 else 0 end',
    }, 'opening_phase is not null'),
    ('month', "'support'", 'month', {
        'rate_num': 'case when is_followed then 1 else 0 end', 'rate_den': '1',
    }, 'closing_phase is not null and has_follows'),
    ('month', "'adoption'", 'month', {
        'rate_num': 'case when is_adopted then 1 else 0 end', 'rate_den': '1',
    }, 'closing_phase is not null and is_adopted is not null'),
    ('month', "'renewal_retention'", 'month', {
        'rate_num': 'case when closing_phase is not null then 1 else 0 end', 'rate_den': '1',
    }, 'opening_phase is not null'),
    ('month', "'expansion'", 'month', {
        'rate_num': 'upsells', 'cross_sell_num': 'cross_sells', 'rate_den': '1',
    }, 'opening_phase is not null'),
    ('month', "'loyalty_advocate'", 'month', {
        'rate_num': 'case when is_advocate then 1 else 0 end', 'rate_den': '1',
    }, 'closing_phase is not null and has_recommendations'),
    ('phase', 'phase_code', month_of('entered_date'), {'entered': '1'}, 'entered_date is not null'),
    ('phase', 'phase_code', month_of('achieved_date'), {'achieved': '1'}, 'achieved_date is not null'),
    ('phase', 'phase_code', month_of('started_date'), {
        'through_num': 'case when is_through then 1 else 0 end', 'through_den': '1',
        'out_of_order': 'case when achieved_date < lead_from_date then 1 else 0 end',
    }, 'lead_from_date is not null'),
    ('answer', "case survey_type when 'csat' then 'support' else 'adoption' end", month_of('response_date'), {
        'csat_num': class_is.format('satisfied'), 'csat_den': '1',
    }, "is_newest and (survey_type = 'usefulness' or survey_type = 'csat' and ticket_key is not null)"),
    ('answer', "'loyalty_advocate'", month_of('response_date'), nps, "survey_type = 'nps'"),
    ('answer', 'held_phase', month_of('response_date'), nps, "survey_type = 'nps' and held_phase <> 'loyalty_advocate'"),
    ('request', "'loyalty_advocate'", 'month', {'response_num': 'is_answered', 'response_den': '1'}, 'true'),
    ('licence', "'adoption'", 'month', {'licence_num': 'licences_used', 'licence_den': 'licences'}, 'true'),
] %}
with month as (

    select * from {{ ref('int_phase_month') }}
    cross join {{ ref('int_connected_feed') }}

),

phase as (

    select
        *,
        case
            when phase_code = 'onboarding' then achieved_date <= started_date + {{ var('onboarding_target_days') }}
            else achieved_date is not null
        end as is_through
    from {{ ref('int_phase_position') }}

),

answer as (

    select * from {{ ref('int_phase_answer') }}

),

request as (

    select * from {{ ref('int_nps_request') }}
    where customer_key in (select customer_key from phase)

),

-- of those that pay when the month ends
licence as (

    select licence.*
    from {{ ref('int_licence_use') }} as licence
    inner join month on licence.customer_key = month.customer_key and licence.month = month.month
    where month.closing_phase is not null

),

final as (
    {% for source, phase_code, month, values, condition in parts %}
    select
        customer_key,
        {{ month }} as month,
        {{ phase_code }} as phase_code
        {%- for measure in phase_parts() %},
        cast({{ values.get(measure, 'null') }} as integer) as {{ measure }}
        {%- endfor %}
    from {{ source }}
    where {{ condition }} and {{ month }} > {{ history_start() }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from final
