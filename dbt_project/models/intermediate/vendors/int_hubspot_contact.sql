{{ config(materialized='view') }}

-- HubSpot's contacts with the company each belongs to; the Salesforce contact one is linked to is named as Salesforce
-- does (docs/domain/sources.md#ids).
with contacts as (

    select * from {{ ref('stg_hubspot__contacts') }}

),

final as (

    select
        contacts.hubspot_contact_id,
        coalesce(meant.record_id, contacts.contact_id) as contact_id,
        coalesce(meant.record_id, contacts.salesforce_contact_id) as salesforce_contact_id,
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

)

select * from final
