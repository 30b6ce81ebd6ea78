-- Salesforce contacts, people only HubSpot knows or Marketo knows of an account, and dropped ones.
with salesforce as (

    select
        {{ entity_select('crm__contact', held=[
            'contact_id', 'account_id', 'last_name', 'first_name', 'last_name_kana', 'first_name_kana', 'email',
            'phone', 'mobile', 'birth_date', 'job_title', 'department', 'created_at', 'updated_at',
        ]) }}
    from {{ ref('stg_salesforce__contact') }}

),

hubspot_only as (

    select * from {{ ref('int_hubspot_contact') }}
    where not is_deleted and contact_id not in (select contact_id from salesforce)
    -- duplicates in HubSpot may point to one Salesforce contact
    qualify row_number() over (partition by contact_id order by updated_at desc, hubspot_contact_id asc) = 1

),

marketo_only as (

    select * from {{ ref('int_marketo_lead') }}
    where known_contact_id is null and contact_id is not null

),

files as (

    select
        *,
        lower(email) as lower_email,
        {{ known_code('gender', ['male', 'female', 'other', 'no_answer']) }} as gender_code
    from {{ file_records('crm__contact') }} as landed
    where contact_id not in (select contact_id from salesforce)

),

final as (

    select * from salesforce
    union all
    select
        {{ entity_select('crm__contact',
            held=[
                'contact_id', 'account_id', 'last_name', 'first_name', 'email', 'phone', 'mobile', 'job_title',
                'department', 'created_at', 'updated_at',
            ],
        ) }}
    from hubspot_only
    union all
    select
        {{ entity_select('crm__contact',
            held=[
                'contact_id', 'account_id', 'last_name', 'first_name', 'email', 'phone', 'job_title', 'created_at',
                'updated_at',
            ],
        ) }}
    from marketo_only
    union all
    select {{ entity_select('crm__contact', renamed={'email': 'lower_email', 'gender': 'gender_code'}) }}
    from files

)

select * from final
