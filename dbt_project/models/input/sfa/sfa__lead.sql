with salesforce as (

    select
        {{ entity_select('sfa__lead',
            same=[
                'lead_id', 'company_name', 'corporate_number', 'email', 'phone', 'source', 'referrer_account_id',
                'score', 'mql_at', 'sql_at', 'rejection_reason', 'converted_at', 'converted_account_id',
                'converted_contact_id', 'converted_opportunity_id', 'recycle_count', 'created_at', 'updated_at',
            ],
            expressions={'name': "trim(coalesce(last_name, '') || ' ' || coalesce(first_name, ''))"},
        ) }}
    from {{ ref('stg_salesforce__lead') }}

),

files as (

    select {{ entity_select('sfa__lead', expressions={'email': 'lower(email)'}) }}
    from {{ ref('stg_files__sfa__lead') }}
    where lead_id not in (select lead_id from salesforce)

),

final as (

    select * from salesforce
    union all
    select * from files

)

select * from final
