-- grain: term that has ended: contract (else customer and family) × its last day (docs/domain/retention.md#renewals). In a
-- contract that goes on, a line that ends before was changed, which is no decision; where no line reaches the contract's
-- end, the last ones end the term. A term that is paid with nothing is none.
with line as (

    select
        term.*,
        valued.arr,
        auto_renewal.line_id is not null as is_auto_renew,
        case when auto_renewal.line_id is not null then valued.arr end as auto_renewed_arr,
        contract.end_date as contract_end_date,
        contract.churn_reason_code,
        max(term.end_date) over (partition by term.contract_id) as last_end_date
    from {{ ref('int_recurring_term') }} as term
    left join {{ ref('int_recurring_line') }} as valued on term.line_id = valued.line_id
    left join {{ ref('int_auto_renewal') }} as auto_renewal on term.line_id = auto_renewal.line_id and auto_renewal.is_counted
    left join {{ ref('crm__contract') }} as contract on term.contract_id = contract.contract_id

),

ended as (

    select
        *,
        case when contract_id is null then product_family_id end as family_of_term
    from line
    where end_date <= {{ as_of_date() }}
        and (
            contract_id is null
            or contract_end_date is null
            or end_date >= contract_end_date - 1
            or (last_end_date < contract_end_date - 1 and end_date = last_end_date)
        )

),

final as (

    select
        {{ surrogate_key(['contract_id', 'customer_key', 'family_of_term', 'end_date']) }} as renewal_key,
        contract_id,
        customer_key,
        family_of_term as product_family_id,
        end_date as term_end_date,
        count(*) as expiring_lines,
        sum(arr) as expiring_arr,
        max(case when is_auto_renew then 1 else 0 end) = 1 as is_auto_renew,
        sum(auto_renewed_arr) as auto_renewed_arr,
        max(churn_reason_code) as churn_reason_code
    from ended
    group by contract_id, customer_key, family_of_term, end_date
    having sum(amount_total_ex_tax) > 0

)

select * from final
