{{ config(meta={'touched': {'contract_id': "{{ loaded_since('salesforce__contract') }}"}}) }}

with source as (

    {{ current_records('salesforce__contract') }}

)

select
    Id as contract_id,
    AccountId as account_id,
    ContractNumber as contract_no,
    StartDate as start_date,
    EndDate as end_date,
    AutoRenew__c as auto_renew,
    NoticeDeadline__c as notice_deadline,
    PreviousContractId__c as previous_contract_id,
    coalesce({{ local_midnight('CustomerSignedDate') }}, ActivatedDate) as signed_at,
    Status as status,
    CancelNoticeDate__c as cancel_notice_date,
    ChurnReasonCode__c as churn_reason_code,
    ChurnReasonText__c as churn_reason_text,
    TargetCadenceDays__c as target_cadence_days,
    CreatedDate as created_at,
    SystemModstamp as updated_at,
    {{ var('build_id') }} as _build_id
from source
