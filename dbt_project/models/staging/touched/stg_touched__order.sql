-- Every version of the orders that were loaded since the last build, deleted ones too: what they were and what they are;
-- and of the dropped orders that a loaded one of the same id hides or hid. Facts are rebuilt for whatever any version names.
select
    Id as order_id,
    AccountId as account_id,
    ContractId as contract_id,
    {{ read_text('EffectiveDate', 'date') }} as order_date
from {{ source('raw', 'salesforce__order') }}
where {{ is_read_again('salesforce__order') }}
union all
select
    {{ read_text('order_id', 'id') }} as order_id,
    {{ read_text('account_id', 'id') }} as account_id,
    null as contract_id,
    {{ read_text('order_date', 'date') }} as order_date
from {{ source('raw', 'files__crm__order') }}
where {{ is_read_again('files__crm__order') }}
    or {{ is_hidden('order_id', 'salesforce__order') }}
