-- grain: line that ended with a term: of a contract of a customer, else of a customer and family (docs/domain/retention.md#renewals).
-- In a contract that goes on, a line that ends before was changed, which is no decision; where no line reaches the
-- contract's end, the last ones end the term. A term that is worth nothing is none; what nobody knows the worth of is one.
with line as (

    select
        term.*,
        valued.arr,
        auto_renewal.line_id is not null as is_auto_renew,
        auto_renewal.renewed_until,
        contract.end_date as contract_end_date,
        contract.churn_reason_code,
        term.end_date between contract.end_date - 1 and contract.end_date + 1 as ends_with_contract,
        max(coalesce(term.end_date, {{ far_future() }})) over (partition by term.contract_id, term.customer_key) as last_end_date
    from {{ ref('int_recurring_term') }} as term
    left join {{ ref('int_recurring_line') }} as valued on term.line_id = valued.line_id
    left join {{ ref('int_auto_renewal') }} as auto_renewal on term.line_id = auto_renewal.line_id and auto_renewal.is_counted
    left join {{ ref('crm__contract') }} as contract on term.contract_id = contract.contract_id

),

-- ends of one contract that differ by how the first day of the next term is written are one day
ended as (

    select
        *,
        case when contract_id is null then product_family_id end as family_of_term,
        case
            when ends_with_contract
                then min(case when ends_with_contract then end_date end) over (partition by contract_id, customer_key)
            else end_date
        end as term_end_date
    from line
    where contract_id is null
        or (contract_end_date is null and last_end_date < {{ far_future() }})
        or end_date >= contract_end_date - 1
        or (last_end_date < contract_end_date - 1 and end_date = last_end_date)

),

final as (

    select
        {{ surrogate_key(['contract_id', 'customer_key', 'family_of_term', 'term_end_date']) }} as renewal_key,
        line_id,
        contract_id,
        customer_key,
        product_family_id,
        family_of_term,
        term_end_date,
        arr,
        amount_total_ex_tax,
        is_auto_renew,
        renewed_until,
        churn_reason_code
    from ended
    where term_end_date <= {{ as_of_date() }}

)

select * from final
qualify sum(coalesce(arr, amount_total_ex_tax, 1)) over (partition by renewal_key) > 0
