-- Active and churned customers are all in the slice, once, whatever they bought (docs/domain/customers.md#status).
with customers as (

    select customer_key from {{ ref('dim_customer') }} where customer_status in ('active', 'churned')

),

slice as (

    select customer_key from {{ ref('mart_rfm') }} where as_of_date = {{ as_of_date() }}

)

select customers.customer_key, slice.customer_key as slice_key
from customers
full outer join slice on customers.customer_key = slice.customer_key
where customers.customer_key is null or slice.customer_key is null
