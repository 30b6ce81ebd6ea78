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
    PreviousContract__c as previous_contract_id,
    {{ to_instant('ActivatedDate') }} as signed_at,
    Status as status,
    try_cast(TargetCadenceDays__c as integer) as target_cadence_days,
    {{ to_instant('CreatedDate') }} as created_at,
    {{ to_instant('SystemModstamp') }} as updated_at,
    {{ var('build_id') }} as _build_id
from source
