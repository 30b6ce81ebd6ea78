-- Every version of the contracts that were loaded since the last build, and of the dropped ones that a loaded one of the
-- same id hides or hid.
select
    Id as contract_id,
    AccountId as account_id,
    PreviousContractId__c as previous_contract_id
from {{ source('raw', 'salesforce__contract') }}
where {{ is_read_again('salesforce__contract') }}
union all
select
    {{ read_text('contract_id', 'id') }} as contract_id,
    {{ read_text('account_id', 'id') }} as account_id,
    {{ read_text('previous_contract_id', 'id') }} as previous_contract_id
from {{ source('raw', 'files__crm__contract') }}
where {{ is_read_again('files__crm__contract') }}
    or {{ is_hidden('contract_id', 'salesforce__contract') }}
