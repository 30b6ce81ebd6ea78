{{ config(pre_hook="{{ forget_changed_salesforce('salesforce__contract', 'contract_id') }}") }}

with source as (

    {{ latest_salesforce('salesforce__contract') }}

)

select
    Id as contract_id,
    AccountId as account_id,
    ContractNumber as contract_no,
    try_cast(StartDate as date) as start_date,
    try_cast(EndDate as date) as end_date,
    try_cast(AutoRenew__c as boolean) as auto_renew,
    try_cast(NoticeDeadline__c as date) as notice_deadline,
    PreviousContractId__c as previous_contract_id,
    coalesce({{ read_instant('CustomerSignedDate') }}, {{ to_instant('ActivatedDate') }}) as signed_at,
    Status as status,
    try_cast(CancelNoticeDate__c as date) as cancel_notice_date,
    ChurnReasonCode__c as churn_reason_code,
    ChurnReasonText__c as churn_reason_text,
    try_cast(TargetCadenceDays__c as integer) as target_cadence_days,
    {{ to_instant('CreatedDate') }} as created_at,
    {{ to_instant('SystemModstamp') }} as updated_at,
    {{ var('build_id') }} as _build_id
from source
