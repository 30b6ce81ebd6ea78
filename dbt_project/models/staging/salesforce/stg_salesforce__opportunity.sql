{{ config(meta={'touched': {'opportunity_id': "{{ loaded_since('salesforce__opportunity') }}"}}) }}

with source as (

    {{ current_records('salesforce__opportunity') }}

)

select
    Id as opportunity_id,
    AccountId as account_id,
    Name as name,
    Type as type,
    StageName as stage_code,
    Amount as amount_ex_tax,
    Probability as probability,
    CloseDate as close_date,
    IsClosed as is_closed,
    IsWon as is_won,
    LostReason__c as lost_reason,
    ContractId as contract_id,
    OwnerId as owner_id,
    CurrencyIsoCode as currency,
    CampaignId as primary_campaign_id,
    CreatedDate as created_at,
    SystemModstamp as updated_at,
    {{ var('build_id') }} as _build_id
from source
