-- grain: lead, the leads of one person are one; those of test accounts are left out (docs/domain/activation.md#funnel)
{%- set stages = ['lead', 'mql', 'sql', 'opportunity', 'won'] %}
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

-- a stage is reached no later than those after it, and none after the business date
filled as (

    select
        person.*,
        renewed.renewed_told
        {%- for stage in stages %},
        case
            when coalesce({% for later in stages[loop.index0:] %}person.{{ later }}_date{{ ', ' if not loop.last }}{% endfor %}, null) is not null
                then least({{ as_of_date() }}{% for later in stages[loop.index0:] %}, person.{{ later }}_date{% endfor %})
        end as {{ stage }}_filled
        {%- endfor %},
        case when renewed.renewed_date is not null then least({{ as_of_date() }}, renewed.renewed_date) end as renewed_filled
    from person
    left join renewed on person.lead_key = renewed.lead_key

),

final as (

    select
        lead_key,
        customer_key,
        source,
        cast(leads as integer) as leads
        {%- for stage in stages + ['renewed'] %},
        {{ stage }}_filled as {{ stage }}_date
        {%- endfor %}
        {%- for stage in stages + ['renewed'] %},
        {{ stage }}_filled is not null and coalesce({{ stage }}_told > {{ stage }}_filled, {{ stage }}_told is null)
            as is_imputed_{{ stage }}
        {%- endfor %},
        rejection_reason,
        recycle_count,
        referrer_customer_key
    from filled

)

select * from final
