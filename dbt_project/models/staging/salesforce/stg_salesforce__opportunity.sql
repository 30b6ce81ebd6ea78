{{ config(pre_hook="{{ forget_changed_salesforce('salesforce__opportunity', 'opportunity_id') }}") }}

with source as (

    {{ latest_salesforce('salesforce__opportunity') }}

)

select
    Id as opportunity_id,
    AccountId as account_id,
    Name as name,
    Type as type,
    StageName as stage_code,
    {{ to_money('Amount') }} as amount_ex_tax,
    cast(try_cast(Probability as decimal(18, 6)) * 0.01 as decimal(9, 6)) as probability,
    try_cast(CloseDate as date) as close_date,
    try_cast(IsClosed as boolean) as is_closed,
    try_cast(IsWon as boolean) as is_won,
    LostReason__c as lost_reason,
    ContractId as contract_id,
    OwnerId as owner_id,
    CampaignId as primary_campaign_id,
    {{ to_instant('CreatedDate') }} as created_at,
    {{ to_instant('SystemModstamp') }} as updated_at,
    {{ var('build_id') }} as _build_id
from source
