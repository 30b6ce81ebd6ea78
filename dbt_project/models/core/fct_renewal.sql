-- grain: term that has ended by as_of_date (docs/domain/retention.md#renewals). Written whole: terms are few.
-- What goes on with several terms is shared among them by what they were worth, to the last unit.
with line as (

    select
        *,
        is_auto_renew and (renewed_until is null or renewed_until > term_end_date + {{ var('renewal_grace_days') }}) as goes_on
    from {{ ref('int_renewal_line') }}

),

term as (

    select
        renewal_key,
        customer_key,
        contract_id,
        family_of_term as product_family_id,
        term_end_date,
        count(*) as expiring_lines,
        case when count(arr) = count(*) then sum(arr) end as expiring_arr,
        max(case when goes_on and coalesce(amount_total_ex_tax, 1) > 0 then 1 else 0 end) = 1 as is_auto_renew,
        case when count(case when goes_on and arr is null then 1 end) = 0 then sum(case when goes_on then arr else 0 end) end
            as own_arr,
        max(churn_reason_code) as churn_reason_code
    from line
    group by renewal_key, customer_key, contract_id, family_of_term, term_end_date

),

shared as (

    select
        successor.*,
        recurring.arr,
        greatest(coalesce(term.expiring_arr, 0), 1) as weight,
        sum(greatest(coalesce(term.expiring_arr, 0), 1)) over (partition by successor.line_id) as weights,
        sum(greatest(coalesce(term.expiring_arr, 0), 1)) over (
            partition by successor.line_id order by successor.renewal_key rows between unbounded preceding and current row
        ) as weights_so_far
    from {{ ref('int_renewal_successor') }} as successor
    inner join {{ ref('int_recurring_line') }} as recurring on successor.line_id = recurring.line_id
    inner join term on successor.renewal_key = term.renewal_key

),

followed as (

    select
        renewal_key,
        min(renewed_date) as renewed_date,
        case when count(arr) = count(*) then sum(
            {{ to_money('arr * (cast(weights_so_far as double) / weights)') }}
            - {{ to_money('arr * (cast(weights_so_far - weight as double) / weights)') }}
        ) end as arr
    from shared
    group by renewal_key

),

placed as (

    select
        term.*,
        followed.renewal_key is not null as is_followed,
        followed.renewal_key is not null or term.is_auto_renew as is_renewed,
        coalesce(followed.renewed_date, case when term.is_auto_renew then term.term_end_date + 1 end) as renewed_date,
        case when followed.renewal_key is null then term.own_arr else followed.arr + term.own_arr end as renewed_arr
    from term
    left join followed on term.renewal_key = followed.renewal_key

)

select
    renewal_key,
    customer_key,
    contract_id,
    product_family_id,
    term_end_date,
    {{ month_of('term_end_date') }} as due_month,
    case
        when is_renewed and renewed_date <= term_end_date then 'early_renewed'
        when is_renewed then 'renewed'
        when term_end_date + {{ var('renewal_grace_days') }} >= {{ as_of_date() }} then 'pending'
        else 'churned'
    end as outcome,
    renewed_date,
    cast({{ dbt.datediff('term_end_date', 'renewed_date', 'day') }} as integer) as days_early_late,
    is_auto_renew and not is_followed as is_auto_renew,
    cast(expiring_lines as integer) as expiring_lines,
    cast(expiring_arr as decimal(18, 2)) as expiring_arr,
    cast(case when is_renewed then renewed_arr else 0 end as decimal(18, 2)) as renewed_arr,
    case when not is_renewed then churn_reason_code end as churn_reason_code
from placed
