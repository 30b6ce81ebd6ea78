-- grain: lead, with the person it is of; when it reached each stage, as told, and by what else there is where nobody has said
-- when (docs/domain/activation.md#funnel)
with lead as (

    select
        *,
        -- what is no address is nobody's
        case
            when email like '%_@_%'
                and {{ url_host('email') }} not in (select domain from {{ ref('shared_domain') }} where kind = 'placeholder')
                then email
        end as address
    from {{ ref('sfa__lead') }}

),

opportunity as (

    select * from {{ ref('fct_opportunity') }}

),

identity as (

    select * from {{ ref('int_customer_identity') }}

),

-- an address that leads to one contact only is that person's
contact_of_address as (

    select address, min(converted_contact_id) as contact_id
    from lead
    where address is not null
    group by address
    having min(converted_contact_id) = max(converted_contact_id)

),

final as (

    select
        lead.lead_id,
        coalesce(
            'contact:' || coalesce(lead.converted_contact_id, contact_of_address.contact_id),
            'email:' || lead.address,
            'lead:' || lead.lead_id
        ) as person,
        case when lead.converted_account_id is not null then coalesce(identity.customer_key, 'unknown') end
            as customer_key,
        referrer.customer_key as referrer_customer_key,
        case lead.source when 'all' then 'all (source)' else lead.source end as source,
        lead.rejection_reason,
        lead.recycle_count,
        coalesce(lead.created_at, lead.updated_at) as came_at,
        {{ local_date('lead.created_at') }} as lead_told,
        {{ local_date('coalesce(lead.created_at, lead.updated_at)') }} as lead_date,
        {{ local_date('lead.mql_at') }} as mql_told,
        {{ local_date('lead.mql_at') }} as mql_date,
        {{ local_date('lead.sql_at') }} as sql_told,
        {{ local_date('lead.sql_at') }} as sql_date,
        opportunity.created_date as opportunity_told,
        case
            when lead.converted_opportunity_id is not null
                then coalesce(opportunity.created_date, {{ local_date('coalesce(lead.converted_at, lead.created_at)') }})
        end as opportunity_date,
        case when opportunity.state = 'won' then opportunity.closed_date end as won_told,
        case when opportunity.state = 'won' then coalesce(opportunity.closed_date, opportunity.created_date) end
            as won_date
    from lead
    left join contact_of_address on lead.address = contact_of_address.address
    left join identity on lead.converted_account_id = identity.account_id
    left join identity as referrer on lead.referrer_account_id = referrer.account_id
    left join opportunity on lead.converted_opportunity_id = opportunity.opportunity_key

)

select * from final
