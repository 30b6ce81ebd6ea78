{{ config(materialized='view') }}

-- Contact behind an e-mail address. Archived contacts lose theirs, unless Salesforce knows the person.
with emails as (

    select * from {{ ref('stg_hubspot__contact_emails') }}

),

contacts as (

    select * from {{ ref('int_hubspot_contact') }}

),

final as (

    select
        emails.email,
        case when contacts.is_deleted then contacts.salesforce_contact_id else contacts.contact_id end as contact_id,
        greatest(emails._build_id, contacts._build_id) as _build_id
    from emails
    inner join contacts on emails.hubspot_contact_id = contacts.hubspot_contact_id

)

select * from final
