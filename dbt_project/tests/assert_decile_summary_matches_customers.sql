-- Every amount and customer of a decile is in its summary, once.
with customers as (

    select as_of_date, period_code, count(*) as customers, sum(amount) as amount
    from {{ ref('mart_decile') }}
    group by as_of_date, period_code

),

summary as (

    select as_of_date, period_code, sum(customers) as customers, sum(amount) as amount
    from {{ ref('mart_decile_summary') }}
    group by as_of_date, period_code

)

select customers.as_of_date, customers.period_code, customers.amount, summary.amount as summary_amount
from customers
full outer join summary
    on customers.as_of_date = summary.as_of_date
    and customers.period_code = summary.period_code
where coalesce(customers.customers, -1) <> coalesce(summary.customers, -1)
   or coalesce(customers.amount, -1) <> coalesce(summary.amount, -1)
