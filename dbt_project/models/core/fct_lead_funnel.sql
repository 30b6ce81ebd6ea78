-- grain: lead, the leads of one person are one; those of test accounts are left out (docs/domain/activation.md#funnel)
{%- set stages = ['lead', 'mql', 'sql', 'opportunity', 'won', 'onboarded', 'adopted', 'renewed'] %}
with person as (

    select * from {{ ref('int_lead_person') }}

),

-- renewals that are no lead's own deal
renewal as (

    select
        customer_key,
        closed_date as renewed_told,
        coalesce(closed_date, created_date) as renewed_date
    from {{ ref('fct_opportunity') }}
    where state = 'won'
        and opportunity_type = 'renewal'
        and customer_key <> 'unknown'
        and opportunity_key not in (
            select converted_opportunity_id from {{ ref('sfa__lead') }} where converted_opportunity_id is not null
        )

),

renewed as (

    select
        person.lead_key,
        min(renewal.renewed_told) as renewed_told,
        min(renewal.renewed_date) as renewed_date
    from person
    inner join renewal on person.customer_key = renewal.customer_key and person.won_date <= renewal.renewed_date
    group by person.lead_key

),

phase as (

    select
        customer_key,
        max(case when phase_code = 'onboarding' then achieved_date end) as onboarded_told,
        max(case when phase_code = 'adoption' then achieved_date end) as adopted_told
    from {{ ref('fct_customer_phase') }}
    group by customer_key

),

-- who was a customer before is no sooner onboarded than won
dated as (

    select
        person.*, phase.onboarded_told, phase.adopted_told, renewed.renewed_told, renewed.renewed_date,
        case when person.won_date <= phase.onboarded_told then phase.onboarded_told
            when phase.onboarded_told is not null then person.won_date end as onboarded_date,
        case when person.won_date <= phase.adopted_told then phase.adopted_told
            when phase.adopted_told is not null then person.won_date end as adopted_date
    from person
    left join phase on person.customer_key = phase.customer_key
    left join renewed on person.lead_key = renewed.lead_key

),

-- a stage is reached no later than those after it, and none after the business date
filled as (

    select
        *
        {%- for stage in stages %},
        case
            when coalesce({% for later in stages[loop.index0:] %}{{ later }}_date, {% endfor %}null) is not null
                then least({{ as_of_date() }}{% for later in stages[loop.index0:] %}, {{ later }}_date{% endfor %})
        end as {{ stage }}_filled
        {%- endfor %}
    from dated

),

final as (

    select
        lead_key,
        customer_key,
        source,
        cast(leads as integer) as leads
        {%- for stage in stages %},
        {{ stage }}_filled as {{ stage }}_date
        {%- endfor %}
        {%- for stage in stages %},
        coalesce({{ stage }}_told <> {{ stage }}_filled, {{ stage }}_filled is not null) as is_imputed_{{ stage }}
        {%- endfor %},
        rejection_reason,
        recycle_count,
        referrer_customer_key
    from filled

)

select * from final
