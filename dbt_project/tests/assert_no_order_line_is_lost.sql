-- Every line is in the fact, once, also without its order; but those of orders cancelled or after as_of. Nothing else is.
with left_out as (

    select order_id from {{ ref('crm__order') }}
    where order_date > {{ as_of_date() }} or status = 'cancelled'

),

expected as (

    select order_line_id as order_line_key
    from {{ ref('crm__order_line') }}
    where coalesce(order_id, '') not in (select order_id from left_out)

),

found as (

    select order_line_key from {{ ref('fct_order_line') }}

)

select expected.order_line_key, found.order_line_key as found_key
from expected
full outer join found on expected.order_line_key = found.order_line_key
where expected.order_line_key is null or found.order_line_key is null
