-- Active and churned customers are all in the 360, once; prospects are not (docs/domain/customers.md#customer-360).
with customers as (

    select customer_key from {{ ref('dim_customer') }} where customer_status in ('active', 'churned')

),

mart as (

    select customer_key from {{ ref('mart_customer_360') }}

)

select customers.customer_key, mart.customer_key as mart_key
from customers
full outer join mart on customers.customer_key = mart.customer_key
where customers.customer_key is null or mart.customer_key is null
