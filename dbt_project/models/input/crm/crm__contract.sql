with salesforce as (

    select
        {{ entity_select('crm__contract',
            same=[
                'contract_id', 'account_id', 'contract_no', 'start_date', 'end_date', 'auto_renew',
                'notice_deadline', 'previous_contract_id', 'signed_at', 'cancel_notice_date', 'churn_reason_code',
                'churn_reason_text', 'target_cadence_days', 'created_at', 'updated_at',
            ],
            expressions={
                'status': map_code('status', {
                    'draft': ['draft', 'in approval process', 'inapproval'],
                    'active': ['activated', 'active'],
                    'expired': ['expired'],
                    'cancelled': ['cancelled', 'canceled', 'terminated'],
                }),
            },
        ) }}
    from {{ ref('stg_salesforce__contract') }}

),

files as (

    select
        {{ entity_select('crm__contract', expressions={
            'status': known_code('status', ['draft', 'active', 'expired', 'cancelled']),
        }) }}
    from {{ ref('stg_files__crm__contract') }}
    where contract_id not in (select contract_id from salesforce)

),

final as (

    select * from salesforce
    union all
    select * from files

)

select * from final
