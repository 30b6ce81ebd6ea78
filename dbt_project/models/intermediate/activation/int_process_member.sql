-- grain: evaluation date × customer × process the customer belongs to: by a product of the process in force on the
-- date, else by ever having an item in it. Without the process's feed (no item, no use at all) nobody has a row. A process of
-- use that names no products is everybody's who uses, where no process has items (docs/domain/activation.md#members).
with evaluated as (

    select * from {{ ref('int_evaluated_customer') }}

),

item as (

    select * from {{ ref('int_content_item') }}

),

-- processes with a feed, since when
begun as (

    select process_id, min(min(known_at)) over () as begun_at from item group by process_id
    union all
    select
        process_id, {{ local_midnight('(select min(first_week_end) from ' ~ ref('int_usage_first_week') ~ ')') }} as begun_at
    from {{ ref('int_active_process_stage') }}
    group by process_id having count(*) = count(measure)
        and 0 < (select count(*) from {{ ref('int_usage_first_week') }}) + sum(case measure when 'account_field' then 1 else 0 end)

),

member_product as (

    {% for column in ['product_id', 'product_family_id'] -%}
    select product.product_id, process.process_id
    from {{ ref('crm__product') }} as product
    inner join {{ ref('process_product') }} as process on product.{{ column }} = process.{{ column }}
    {{ 'union' if not loop.last }}
    {% endfor %}
),

membership as (

    select evaluated.evaluated_on, item.customer_key, item.process_id
    from item
    inner join begun on item.process_id = begun.process_id
    inner join evaluated on item.customer_key = evaluated.customer_key
    where coalesce(item.known_at, begun.begun_at) < evaluated.evaluated_until
        or (item.known_at is null and evaluated.evaluated_on = {{ as_of_date() }})
    union
    select evaluated.evaluated_on, identity.customer_key, member_product.process_id
    from {{ ref('crm__subscription_line') }} as line
    inner join member_product on line.product_id = member_product.product_id
    inner join begun on member_product.process_id = begun.process_id
    inner join {{ ref('int_customer_identity') }} as identity on line.account_id = identity.account_id
    left join {{ ref('int_auto_renewal') }} as renewal on line.line_id = renewal.line_id and renewal.is_counted
    inner join evaluated
        on identity.customer_key = evaluated.customer_key
        and evaluated.evaluated_on between line.start_date
        and coalesce(renewal.renewed_until, case when renewal.line_id is null then line.end_date end, evaluated.evaluated_on)
    where evaluated.evaluated_on = {{ as_of_date() }} or evaluated.evaluated_until > begun.begun_at
    union
    select evaluated.evaluated_on, first_week.customer_key, begun.process_id
    from {{ ref('int_usage_first_week') }} as first_week
    inner join evaluated
        on first_week.customer_key = evaluated.customer_key and first_week.first_week_end <= evaluated.evaluated_on
    cross join begun
    where 0 = (select count(*) from item)
        and begun.process_id not in (select process_id from {{ ref('process_product') }})

),

-- the cadence agreed in the newest contract in force
cadence as (

    select evaluated.evaluated_on, identity.customer_key, contract.target_cadence_days
    from {{ ref('crm__contract') }} as contract
    inner join {{ ref('int_customer_identity') }} as identity on contract.account_id = identity.account_id
    inner join evaluated
        on identity.customer_key = evaluated.customer_key
        and evaluated.evaluated_on between contract.start_date and coalesce(contract.end_date, evaluated.evaluated_on)
    where contract.target_cadence_days > 0 and coalesce(contract.status, 'active') <> 'draft'
    qualify row_number() over (
        partition by evaluated.evaluated_on, identity.customer_key order by contract.start_date desc, contract.contract_id desc
    ) = 1

),

final as (

    select
        membership.evaluated_on,
        membership.customer_key,
        membership.process_id,
        coalesce(cadence.target_cadence_days, {{ var('default_target_cadence_days') }}) as target_cadence_days
    from membership
    left join cadence on membership.evaluated_on = cadence.evaluated_on and membership.customer_key = cadence.customer_key
    where membership.customer_key <> 'unknown' and not {{ is_test_customer('membership.customer_key') }}

)

select * from final
