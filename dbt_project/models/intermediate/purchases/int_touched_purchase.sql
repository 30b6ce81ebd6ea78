{{ config(materialized='view') }}

-- Days of the purchases that may have changed since the last build, as they were and as they are: of every order that a
-- touched record names or named, and of accounts that stand for another customer.
with orders as (

    select * from {{ ref('crm__order') }}

),

touched_order as (

    select order_id, order_date from {{ ref('stg_touched__order') }}
    union all
    select order_id, null as order_date from {{ ref('int_touched_line') }}

),

changed_id as (

    select account_id as record_id from {{ ref('int_changed_account') }}
    union all
    select record_id from {{ ref('int_changed_record_id') }}

),

final as (

    select order_date as purchase_date from touched_order
    union
    select order_date
    from orders
    where order_id in (select order_id from touched_order)
        or order_id in (select record_id from changed_id)
        or account_id in (select record_id from changed_id)
    union
    -- subscriptions count in any month
    select {{ history_start() }} as purchase_date from {{ ref('int_touched_customer') }}
    where customer_key <> 'unknown' and {{ 'true' if var('rfm_include_subscription') else 'false' }}

)

select purchase_date from final
where purchase_date is not null
