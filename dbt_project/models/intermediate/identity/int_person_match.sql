-- Every record of a person in every connected system and the contact it belongs to: an explicit link, else for people
-- who write tickets the e-mail address that exactly one contact has (docs/domain/customers.md#matching). A link to a
-- contact that is not there is none, nor is an address that stands for none. Never the name.
with contact as (

    select * from {{ ref('crm__contact') }}

),

hubspot_contact as (

    select * from {{ ref('int_hubspot_contact') }}
    where not is_deleted

),

marketo_person as (

    select * from {{ ref('int_marketo_person') }}
    where contact_id is not null

),

zendesk_user as (

    select * from {{ ref('stg_zendesk__users') }}
    where role = 'end_user' and not is_deleted

),

organization as (

    select * from {{ ref('stg_zendesk__organizations') }}

),

email_owner as (

    select lower(trim(email)) as email, min(contact_id) as contact_id
    from contact
    where email is not null
        and {{ url_host('email') }} not in (select domain from {{ ref('shared_domain') }} where kind = 'placeholder')
    group by lower(trim(email))
    having count(*) = 1

),

matched as (

    select
        'crm' as source_system, 'contact' as id_type, contact_id as source_id,
        contact_id, cast(null as {{ dbt.type_string() }}) as account_id, 'source_record' as match_method
    from contact
    union all
    select
        'hubspot', 'contact', hubspot_contact_id,
        contact_id, null, case when salesforce_contact_id is not null then 'crm_link' else 'source_record' end
    from hubspot_contact
    union all
    select
        'marketo', 'lead', marketo_lead_id,
        contact_id, null, case when known_contact_id is not null then 'crm_link' else 'source_record' end
    from marketo_person
    union all
    select
        'zendesk', 'ticket_requester', zendesk_user.user_id,
        coalesce(linked.contact_id, email_owner.contact_id), organization.account_id,
        case when linked.contact_id is not null then 'crm_link' when email_owner.contact_id is not null then 'email' end
    from zendesk_user
    left join organization on zendesk_user.organization_id = organization.organization_id
    left join {{ ref('int_record_id') }} as meant on zendesk_user.external_id = meant.given_id
    left join contact as linked on coalesce(meant.record_id, zendesk_user.external_id) = linked.contact_id
    left join email_owner on zendesk_user.email = email_owner.email

),

-- The contact's own company; a person without contact has the company of the ticket system.
final as (

    select
        matched.source_system,
        matched.id_type,
        matched.source_id,
        contact.contact_id,
        case when contact.contact_id is not null then contact.account_id else matched.account_id end as account_id,
        matched.match_method
    from matched
    left join contact on matched.contact_id = contact.contact_id

)

select * from final
