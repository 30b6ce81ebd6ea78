-- Lines that ended with a contract that renews itself, and until when they go on, null for no known end
-- (docs/domain/revenue.md#auto-renewal): until notice is given or a successor begins, be it of the contract that follows
-- or a line of the same family within the grace. One of both may write its end as the first day of the next term.
with line as (

    select * from {{ ref('int_recurring_term') }}

),

contract as (

    select * from {{ ref('crm__contract') }}
    where coalesce(status, 'active') <> 'draft'

),

next_contract as (

    select previous_contract_id as contract_id, min(start_date) as start_date
    from contract
    group by previous_contract_id

),

ended as (

    select line.*, contract.cancel_notice_date, next_contract.start_date as next_contract_date
    from line
    inner join contract
        on line.contract_id = contract.contract_id
        and line.written_end_date between contract.end_date - 1 and contract.end_date + 1
    left join next_contract on contract.contract_id = next_contract.contract_id
    where contract.auto_renew
        and contract.end_date < {{ as_of_date() }}
        and (
            coalesce(contract.status, 'active') in ('active', 'other')
            or (contract.status = 'cancelled' and contract.cancel_notice_date > contract.end_date)
        )

),

next_line as (

    select ended.line_id, min(line.start_date) as start_date
    from ended
    inner join line
        on ended.customer_key = line.customer_key
        and ended.product_family_id = line.product_family_id
        and line.start_date between ended.written_end_date
        and ended.written_end_date + {{ var('renewal_grace_days') }} + 1
        and ended.start_date < line.start_date
    group by ended.line_id

),

renewed as (

    select
        ended.*,
        least(
            coalesce(ended.cancel_notice_date, {{ far_future() }}),
            coalesce(ended.next_contract_date - 1, {{ far_future() }}),
            coalesce(next_line.start_date - 1, {{ far_future() }})
        ) as last_date
    from ended
    left join next_line on ended.line_id = next_line.line_id

),

final as (

    select
        line_id,
        contract_id,
        amount_total_ex_tax,
        currency,
        nullif(last_date, {{ far_future() }}) as renewed_until,
        {{ 'true' if var('auto_renew_extends') else 'false' }} as is_counted
    from renewed
    where last_date > end_date

)

select * from final
