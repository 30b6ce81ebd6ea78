-- grain: evaluation date × customer × process the customer belongs to: by a product of the process in force on the
-- date, else by ever having an item in it. Without the process's feed (no item at all) nobody has a row.
with evaluated as (

    select * from {{ ref('int_evaluated_customer') }}

),

item as (

    select * from {{ ref('int_content_item') }}

),

product as (

    select * from {{ ref('crm__product') }}

),

process_product as (

    select * from {{ ref('process_product') }}
    where process_id in (select process_id from item)

),

contract as (

    select * from {{ ref('crm__contract') }}
    where target_cadence_days > 0 and coalesce(status, 'active') <> 'draft'

),

member_product as (

    select product.product_id, process_product.process_id
    from product
    inner join process_product on product.product_id = process_product.product_id
    union
    select product.product_id, process_product.process_id
    from product
    inner join process_product on product.product_family_id = process_product.product_family_id

),

membership as (

    select evaluated.evaluated_on, item.customer_key, item.process_id
    from item
    inner join evaluated
        on item.customer_key = evaluated.customer_key and coalesce(item.known_at < evaluated.evaluated_until, true)
    union
    select evaluated.evaluated_on, identity.customer_key, member_product.process_id
    from {{ ref('crm__subscription_line') }} as line
    inner join member_product on line.product_id = member_product.product_id
    inner join {{ ref('int_customer_identity') }} as identity on line.account_id = identity.account_id
    left join {{ ref('int_auto_renewal') }} as renewal on line.line_id = renewal.line_id and renewal.is_counted
    inner join evaluated
        on identity.customer_key = evaluated.customer_key
        and evaluated.evaluated_on between line.start_date
        and coalesce(renewal.renewed_until, case when renewal.line_id is null then line.end_date end, evaluated.evaluated_on)

),

-- the cadence agreed in the newest contract in force
cadence as (

    select evaluated.evaluated_on, identity.customer_key, contract.target_cadence_days
    from contract
    inner join {{ ref('int_customer_identity') }} as identity on contract.account_id = identity.account_id
    inner join evaluated
        on identity.customer_key = evaluated.customer_key
        and evaluated.evaluated_on between contract.start_date and coalesce(contract.end_date, evaluated.evaluated_on)
    qualify row_number() over (
        partition by evaluated.evaluated_on, identity.customer_key
        order by contract.start_date desc, contract.contract_id desc
    ) = 1

),

final as (

    select
        membership.evaluated_on,
        membership.customer_key,
        membership.process_id,
        coalesce(cadence.target_cadence_days, {{ var('default_target_cadence_days') }}) as target_cadence_days
    from membership
    left join cadence
        on membership.evaluated_on = cadence.evaluated_on and membership.customer_key = cadence.customer_key
    where membership.customer_key <> 'unknown' and not {{ is_test_customer('membership.customer_key') }}

)

select * from final
