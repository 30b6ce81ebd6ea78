-- grain: customer with a term that ends; its first end, and the day its first renewal was signed
-- (docs/domain/activation.md#phases). A line renews that term if it begins at its end or within the grace; a contract that
-- renews itself is signed again on the day after.
with line as (

    select *, min(start_date) over (partition by contract_id) as contract_began
    from {{ ref('int_recurring_term') }}
    where amount_total_ex_tax > 0 and customer_key <> 'unknown'

),

contract as (

    select * from {{ ref('crm__contract') }}

),

auto_renewal as (

    select * from {{ ref('int_auto_renewal') }}
    where is_counted

),

first_end as (

    select customer_key, min(written_end_date) as first_term_end
    from line
    where start_date <= {{ as_of_date() }}
    group by customer_key
    having min(written_end_date) is not null

),

renewed as (

    select
        first_end.customer_key,
        coalesce(
            -- a contract that went on has been signed before
            case when line.contract_began >= first_end.first_term_end then {{ local_date('contract.signed_at') }} end,
            least(line.start_date, coalesce({{ local_date('line.created_at') }}, line.start_date))
        ) as renewed_date
    from first_end
    inner join line
        on first_end.customer_key = line.customer_key
        and line.start_date between first_end.first_term_end
        and first_end.first_term_end + {{ var('renewal_grace_days') }} + 1
    left join contract on line.contract_id = contract.contract_id
    union all
    select first_end.customer_key, first_end.first_term_end + 1 as renewed_date
    from first_end
    inner join line
        on first_end.customer_key = line.customer_key and first_end.first_term_end = line.written_end_date
    inner join auto_renewal on line.line_id = auto_renewal.line_id

),

final as (

    select
        first_end.customer_key,
        first_end.first_term_end,
        min(case when renewed.renewed_date <= {{ as_of_date() }} then renewed.renewed_date end) as renewed_date
    from first_end
    left join renewed on first_end.customer_key = renewed.customer_key
    group by first_end.customer_key, first_end.first_term_end

)

select * from final
