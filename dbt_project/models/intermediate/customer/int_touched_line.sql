-- Order, account and contract of every order and subscription line that may have changed since the last build: as its
-- versions name them, and as they are meant (docs/domain/sources.md#ids).
with line_before as (

    select * from {{ ref('stg_touched__order_line') }}

),

changed_id as (

    select * from {{ ref('int_changed_record_id') }}

),

-- As they are now: a record hides the one of the same id that was dropped as a file, and lines are routed by product.
line_now as (

    select order_line_id as line_id, product_id, order_id, null as account_id, null as contract_id, currency
    from {{ ref('crm__order_line') }}
    union all
    select line_id, product_id, null as order_id, account_id, contract_id, currency
    from {{ ref('crm__subscription_line') }}

),

line as (

    select order_id, account_id, contract_id from line_before
    union
    select order_id, account_id, contract_id
    from line_now
    where line_id in (select line_id from line_before)
        or product_id in (select product_id from {{ ref('stg_touched__product') }})
        or (currency <> '{{ var("reporting_currency") }}' and 0 < (select count(*) from {{ ref('stg_touched__exchange_rate') }}))
        or product_id in (select record_id from changed_id)
        or order_id in (select record_id from changed_id)
        or contract_id in (select record_id from changed_id)

),

final as (

    select distinct
        coalesce(meant_order.record_id, line.order_id) as order_id,
        line.account_id,
        coalesce(meant_contract.record_id, line.contract_id) as contract_id
    from line
    left join {{ ref('int_record_id') }} as meant_order on line.order_id = meant_order.given_id
    left join {{ ref('int_record_id') }} as meant_contract on line.contract_id = meant_contract.given_id

)

select * from final
