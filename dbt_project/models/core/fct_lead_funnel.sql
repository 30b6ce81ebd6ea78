-- grain: lead, the leads of one person are one; those of test accounts are left out (docs/domain/activation.md#funnel)
{%- set stages = ['lead', 'mql', 'sql', 'opportunity', 'won'] %}
with person as (

    select * from {{ ref('int_lead_person') }}

),

opportunity as (

    select * from {{ ref('fct_opportunity') }}

),

renewal as (

    select person.lead_key, min(opportunity.closed_date) as renewed_date
    from person
    inner join opportunity
        on person.customer_key = opportunity.customer_key
        and person.won_date <= opportunity.closed_date
        and opportunity.state = 'won'
        and opportunity.opportunity_type = 'renewal'
    where person.customer_key <> 'unknown'
    group by person.lead_key

),

-- a stage is reached no later than those after it
filled as (

    select
        person.*,
        renewal.renewed_date
        {%- for stage in stages[:-1] %},
        least({% for later in stages[loop.index0:] %}person.{{ later }}_date{{ ', ' if not loop.last }}{% endfor %}) as {{ stage }}_filled
        {%- endfor %}
    from person
    left join renewal on person.lead_key = renewal.lead_key

),

final as (

    select
        lead_key,
        customer_key,
        source,
        cast(leads as integer) as leads
        {%- for stage in stages[:-1] %},
        {{ stage }}_filled as {{ stage }}_date
        {%- endfor %},
        won_date,
        renewed_date
        {%- for stage in stages[:-1] %},
        coalesce({{ stage }}_date > {{ stage }}_filled, {{ stage }}_filled is not null) as is_imputed_{{ stage }}
        {%- endfor %},
        rejection_reason,
        recycle_count,
        referrer_customer_key
    from filled

)

select * from final
