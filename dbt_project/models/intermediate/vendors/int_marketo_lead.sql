{{ config(materialized='view') }}

-- Marketo's people: a contact that is there, else one of the account that Marketo names, else a lead, one that is there or
-- Marketo's own. A link to a contact or lead that is not there is none (docs/domain/sources.md#ids).
with lead as (

    select * from {{ ref('stg_marketo__leads') }}

),

known_contact as (

    select contact_id from {{ ref('stg_salesforce__contact') }}
    union
    select contact_id from {{ ref('stg_files__crm__contact') }}

),

known_lead as (

    select lead_id from {{ ref('stg_salesforce__lead') }}
    union
    select lead_id from {{ ref('stg_files__sfa__lead') }}

),

final as (

    select
        lead.marketo_lead_id,
        known_contact.contact_id as known_contact_id,
        known_lead.lead_id as known_lead_id,
        coalesce(
            known_contact.contact_id,
            case when lead.salesforce_account_id is not null then 'marketo:' || lead.marketo_lead_id end
        ) as contact_id,
        case
            when known_contact.contact_id is null and lead.salesforce_account_id is null
                then coalesce(known_lead.lead_id, 'marketo:' || lead.marketo_lead_id)
        end as lead_id,
        lead.salesforce_contact_id as given_contact_id,
        lead.salesforce_lead_id as given_lead_id,
        lead.salesforce_account_id as account_id,
        lead.company_name,
        lead.last_name,
        lead.first_name,
        lead.email,
        lead.phone,
        lead.job_title,
        lead.source,
        lead.score,
        lead.created_at,
        lead.updated_at,
        lead._build_id
    from lead
    left join {{ ref('int_record_id') }} as meant_contact on lead.salesforce_contact_id = meant_contact.given_id
    left join known_contact
        on coalesce(meant_contact.record_id, lead.salesforce_contact_id) = known_contact.contact_id
    left join {{ ref('int_record_id') }} as meant_lead on lead.salesforce_lead_id = meant_lead.given_id
    left join known_lead on coalesce(meant_lead.record_id, lead.salesforce_lead_id) = known_lead.lead_id

)

select * from final
