-- Every version of the order items, order lines and subscription lines that were loaded since the last build, and of the
-- dropped lines that a loaded item of the same id hides or hid.
select
    Id as line_id,
    OrderId as order_id,
    null as account_id,
    ContractId__c as contract_id
from {{ source('raw', 'salesforce__order_item') }}
where {{ is_read_again('salesforce__order_item') }}
union all
select
    {{ read_text('order_line_id', 'id') }} as line_id,
    {{ read_text('order_id', 'id') }} as order_id,
    null as account_id,
    null as contract_id
from {{ source('raw', 'files__crm__order_line') }}
where {{ is_read_again('files__crm__order_line') }}
    or {{ is_hidden('order_line_id', 'salesforce__order_item') }}
union all
select
    {{ read_text('line_id', 'id') }} as line_id,
    null as order_id,
    {{ read_text('account_id', 'id') }} as account_id,
    {{ read_text('contract_id', 'id') }} as contract_id
from {{ source('raw', 'files__crm__subscription_line') }}
where {{ is_read_again('files__crm__subscription_line') }}
    or {{ is_hidden('line_id', 'salesforce__order_item') }}
