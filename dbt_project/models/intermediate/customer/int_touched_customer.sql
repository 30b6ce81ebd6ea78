-- Customers whose purchases or subscriptions may have changed since the last build, for the facts that rebuild them whole:
-- of every account that a touched record names or named, or that has changed customers. One too few would be wrong.
with line as (

    select * from {{ ref('int_touched_line') }}

),

order_before as (

    select * from {{ ref('stg_touched__order') }}

),

contract_before as (

    select * from {{ ref('stg_touched__contract') }}

),

contract as (

    select contract_id from contract_before
    union
    select contract_id from order_before
    union
    select contract_id from line

),

-- Whether a line is carried over a gap depends on the lines of the contract that follows its own.
contract_chain as (

    select contract_id from contract
    union
    select previous_contract_id from contract_before
    union
    select previous_contract_id from {{ ref('crm__contract') }}
    where contract_id in (select contract_id from contract)

),

account as (

    select account_id from line
    union
    select account_id from order_before
    union
    select account_id from contract_before
    union
    select account_id from {{ ref('crm__order') }}
    where order_id in (select order_id from order_before)
        or order_id in (select order_id from line)
        or contact_id in (select record_id from {{ ref('int_changed_record_id') }})
        or order_date > {{ last_build_date() }}
    union
    select account_id from {{ ref('crm__contract') }} where contract_id in (select contract_id from contract)
    union
    select account_id from {{ ref('crm__subscription_line') }} where contract_id in (select contract_id from contract_chain)

),

final as (

    select identity.customer_key
    from account
    inner join {{ ref('int_customer_identity') }} as identity on account.account_id = identity.account_id
    union
    select customer_key from {{ ref('int_changed_account') }}
    union
    select previous_customer_key from {{ ref('int_changed_account') }}
    union
    select 'unknown' as customer_key  -- whatever has lost its order or its account, or has found it

)

select customer_key from final
