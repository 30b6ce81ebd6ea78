with salesforce as (

    select
        *,
        {{ code_meaning('contract_status', 'status') }} as status_code,
        {{ code_meaning('churn_reason', 'churn_reason_code') }} as reason_code
    from {{ ref('stg_salesforce__contract') }}

),

files as (

    select
        *,
        {{ code_meaning('contract_status', 'status') }} as status_code,
        {{ code_meaning('churn_reason', 'churn_reason_code') }} as reason_code
    from {{ file_records('crm__contract') }} as landed
    where contract_id not in (select contract_id from salesforce)

),

final as (

    select
        {{ entity_select('crm__contract',
            held=[
                'contract_id', 'account_id', 'contract_no', 'start_date', 'end_date', 'auto_renew',
                'notice_deadline', 'previous_contract_id', 'signed_at', 'cancel_notice_date', 'churn_reason_text',
                'target_cadence_days', 'created_at', 'updated_at',
            ],
            renamed={'status': 'status_code', 'churn_reason_code': 'reason_code'},
        ) }}
    from salesforce
    union all
    select {{ entity_select('crm__contract', renamed={'status': 'status_code', 'churn_reason_code': 'reason_code'}) }}
    from files

)

select * from final
