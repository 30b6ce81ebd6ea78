with salesforce as (

    select
        {{ entity_select('crm__contact', same=[
            'contact_id', 'account_id', 'last_name', 'first_name', 'last_name_kana', 'first_name_kana', 'email',
            'phone', 'mobile', 'birth_date', 'job_title', 'department', 'created_at', 'updated_at',
        ]) }}
    from {{ ref('stg_salesforce__contact') }}

),

files as (

    select {{ entity_select('crm__contact', expressions={'email': 'lower(email)'}) }}
    from {{ ref('stg_files__crm__contact') }}
    where contact_id not in (select contact_id from salesforce)

),

final as (

    select * from salesforce
    union all
    select * from files

)

select * from final
