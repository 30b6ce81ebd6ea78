-- Every version of the contracts that were loaded since the last build.
select
    Id as contract_id,
    AccountId as account_id,
    PreviousContractId__c as previous_contract_id
from {{ source('raw', 'salesforce__contract') }}
where {{ is_read_again('salesforce__contract', 'Id', to_instant('SystemModstamp')) }}
union all
select
    trim(contract_id) as contract_id,
    trim(account_id) as account_id,
    trim(previous_contract_id) as previous_contract_id
from {{ source('raw', 'files__crm__contract') }}
where {{ is_read_again('files__crm__contract', 'trim(contract_id)') }}
