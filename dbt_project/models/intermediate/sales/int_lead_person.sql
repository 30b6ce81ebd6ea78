-- grain: person among the leads; when each stage is said to have been reached first (docs/domain/activation.md#funnel)
{%- set stages = ['lead', 'mql', 'sql', 'opportunity', 'won'] %}
with lead as (

    select * from {{ ref('sfa__lead') }}

),

opportunity as (

    select * from {{ ref('fct_opportunity') }}

),

identity as (

    select * from {{ ref('int_customer_identity') }}

),

-- one e-mail address is one person, and so is one contact that leads were converted to
contact_of_email as (

    select email, min(converted_contact_id) as contact_id
    from lead
    where email is not null
    group by email

),

dated as (

    select
        lead.lead_id,
        coalesce(contact_of_email.contact_id, lead.converted_contact_id, lead.email, lead.lead_id) as person,
        case when lead.converted_account_id is not null then coalesce(identity.customer_key, 'unknown') end
            as customer_key,
        referrer.customer_key as referrer_customer_key,
        case lead.source when 'all' then 'all (source)' else lead.source end as source,
        lead.rejection_reason,
        lead.recycle_count,
        {{ local_date('coalesce(lead.created_at, lead.updated_at)') }} as lead_date,
        {{ local_date('lead.mql_at') }} as mql_date,
        {{ local_date('lead.sql_at') }} as sql_date,
        case
            when lead.converted_opportunity_id is not null
                then coalesce(opportunity.created_date, {{ local_date('coalesce(lead.converted_at, lead.created_at)') }})
        end as opportunity_date,
        case when opportunity.state = 'won' then coalesce(opportunity.closed_date, opportunity.created_date) end
            as won_date
    from lead
    left join contact_of_email on lead.email = contact_of_email.email
    left join identity on lead.converted_account_id = identity.account_id
    left join identity as referrer on lead.referrer_account_id = referrer.account_id
    left join opportunity on lead.converted_opportunity_id = opportunity.opportunity_key

),

placed as (

    select
        *,
        row_number() over (partition by person order by lead_date asc nulls last, lead_id asc) as place,
        row_number() over (partition by person order by lead_date desc nulls last, lead_id desc) as place_from_end
    from dated
    where not {{ is_test_customer("coalesce(customer_key, 'unknown')") }}

),

final as (

    select
        max(case when place = 1 then lead_id end) as lead_key,
        max(case when place = 1 then source end) as source,
        max(case when place_from_end = 1 then rejection_reason end) as rejection_reason,
        min(customer_key) as customer_key,
        min(referrer_customer_key) as referrer_customer_key,
        count(*) as leads,
        max(recycle_count) as recycle_count
        {%- for stage in stages %},
        case when min({{ stage }}_date) > {{ as_of_date() }} then {{ as_of_date() }} else min({{ stage }}_date) end
            as {{ stage }}_date
        {%- endfor %}
    from placed
    group by person

)

select * from final
