-- One row per customer with any contract or purchase up to as_of, the unknown customer included: what it pays now and
-- since when, and its status (docs/domain/customers.md#status). Customers without a row here are prospects.
with mrr_change as (

    select * from {{ ref('int_mrr_change') }}

),

-- A line without MRR is paid too: nobody knows how much, in our currency.
recurring_line as (

    select * from {{ ref('int_recurring_line') }}
    where start_date <= {{ as_of_date() }} and (mrr > 0 or mrr is null)

),

contract as (

    select * from {{ ref('crm__contract') }}
    where start_date <= {{ as_of_date() }} and coalesce(status, 'active') <> 'draft'

),

identity as (

    select account_id, customer_key from {{ ref('int_customer_identity') }}

),

order_line as (

    select * from {{ ref('fct_order_line') }}
    where is_purchase

),

events as (

    select
        customer_key, start_date as contract_date, end_date as paid_until, true as has_paid, null as order_date,
        mrr is null and coalesce(end_date, {{ far_future() }}) >= {{ as_of_date() }} as pays_unknown
    from recurring_line
    union all
    select coalesce(identity.customer_key, 'unknown'), contract.start_date, null, false, null, false
    from contract
    left join identity on contract.account_id = identity.account_id
    union all
    select customer_key, null, null, true, order_date, false from order_line

),

lived as (

    select
        customer_key,
        min(contract_date) as first_contract_date,
        max(case when has_paid and contract_date is not null then coalesce(paid_until, {{ far_future() }}) end)
            as paid_until,
        max(case when has_paid then 1 else 0 end) = 1 as has_paid,
        max(case when pays_unknown then 1 else 0 end) = 1 as pays_unknown,
        max(order_date) as last_order_date
    from events
    group by customer_key

),

paying as (

    select customer_key, customer_closing_mrr as mrr, customer_closing_arr as arr
    from mrr_change
    where is_customer_row and month = {{ month_of(as_of_date()) }} and customer_closing_mrr > 0

),

final as (

    select
        lived.customer_key,
        coalesce(paying.mrr, 0) as mrr,
        coalesce(paying.arr, 0) as arr,
        lived.first_contract_date,
        case
            when paying.customer_key is not null or lived.pays_unknown
                or lived.last_order_date >= {{ as_of_date() }} - {{ var('active_order_days') }} then 'active'
            when lived.has_paid then 'churned'
            else 'prospect'
        end as customer_status,
        -- the day after the paid term (docs/domain/revenue.md#churn-date); who has no contract has no such day
        case
            when paying.customer_key is null and lived.paid_until < {{ as_of_date() }} then lived.paid_until + 1
        end as contract_ended_date
    from lived
    left join paying on lived.customer_key = paying.customer_key

)

select * from final
