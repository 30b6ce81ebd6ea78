{{ config(materialized='view') }}

-- HubSpot's contacts with the company each belongs to; the Salesforce contact one is linked to is named as Salesforce
-- does, a link to a contact that is not there is none (docs/domain/sources.md#ids).
with contacts as (

    select * from {{ ref('stg_hubspot__contacts') }}

),

known as (

    select contact_id from {{ ref('stg_salesforce__contact') }}
    union
    select contact_id from {{ ref('stg_files__crm__contact') }}

),

final as (

    select
        contacts.hubspot_contact_id,
        coalesce(known.contact_id, 'hubspot:' || contacts.hubspot_contact_id) as contact_id,
        known.contact_id as salesforce_contact_id,
        contacts.salesforce_contact_id as given_contact_id,
        'hubspot:' || contacts.company_id as account_id,
        contacts.last_name,
        contacts.first_name,
        contacts.email,
        contacts.phone,
        contacts.mobile,
        contacts.job_title,
        contacts.department,
        contacts.created_at,
        contacts.updated_at,
        contacts.is_deleted,
        contacts._build_id
    from contacts
    left join {{ ref('int_record_id') }} as meant on contacts.salesforce_contact_id = meant.given_id
    left join known on coalesce(meant.record_id, contacts.salesforce_contact_id) = known.contact_id

)

select * from final
