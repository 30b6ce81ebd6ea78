-- Purchases and customers as RFM reads them, the same ones for the same variables `purchases` and `customers`: five
-- years with more every year, two lines an order, a fifth of the customers with three fifths of the orders, a tenth
-- who stopped, some returns, some lines that are no purchase. Columns that RFM does not
-- read are cheap ones; a customer's lines lie together, as `fct_order_line` writes them.
create table marts_build.core.fct_order_line as
with line as (
    select
        number,
        number // 2 as order_number,
        hash(number // 2, 1) % 1000000007 / 1000000007.0 as chance
    from range(getvariable('purchases')) as numbers(number)
),

placed as (
    select
        *,
        cast(floor(1826 * power(order_number * 2 / getvariable('purchases'), 0.8)) as integer) as day,
        cast(floor(getvariable('customers') * power(chance, 3)) as integer) as customer
    from line
),

bought as (
    select * replace (if(customer % 10 = 0 and day > 900, customer + 1, customer) as customer) from placed
)

select
    number as order_line_key,
    order_number as order_id,
    'c_' || substr(md5(cast(customer as varchar)), 1, 16) as customer_key,
    null as product_key,
    date '2021-08-01' + day as order_date,
    cast(
        if(hash(number, 3) % 33 = 0, -1, 1) * floor(1000 * exp(5 * (hash(number, 4) % 10007) / 10007.0))
        as decimal(18, 2)
    ) as net_amount,
    hash(number, 5) % 50 > 0 as is_purchase
from bought
order by customer_key;

create table marts_build.core.dim_customer as
select
    'c_' || substr(md5(cast(customer as varchar)), 1, 16) as customer_key,
    case when customer % 20 = 7 then 'prospect' when customer % 10 = 0 then 'churned' else 'active' end
        as customer_status
from range(getvariable('customers')) as customers(customer);

create table marts_build.core.fct_subscription_month (
    customer_key varchar, line_id varchar, month date, product_key varchar, mrr decimal(18, 2)
);
