-- Every version of the order items, order lines and subscription lines that were loaded since the last build.
select
    Id as line_id,
    OrderId as order_id,
    null as account_id,
    ContractId__c as contract_id
from {{ source('raw', 'salesforce__order_item') }}
where {{ is_read_again('salesforce__order_item', 'Id', to_instant('SystemModstamp')) }}
union all
select
    trim(order_line_id) as line_id,
    trim(order_id) as order_id,
    null as account_id,
    null as contract_id
from {{ source('raw', 'files__crm__order_line') }}
where {{ is_read_again('files__crm__order_line', 'trim(order_line_id)') }}
union all
select
    trim(line_id) as line_id,
    null as order_id,
    trim(account_id) as account_id,
    trim(contract_id) as contract_id
from {{ source('raw', 'files__crm__subscription_line') }}
where {{ is_read_again('files__crm__subscription_line', 'trim(line_id)') }}
