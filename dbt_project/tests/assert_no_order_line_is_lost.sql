-- Lines of orders neither cancelled nor after as_of are all in the fact, once; nothing else is.
with expected as (

    select order_line.order_line_id as order_line_key
    from {{ ref('crm__order_line') }} as order_line
    inner join {{ ref('crm__order') }} as orders on order_line.order_id = orders.order_id
    where orders.order_date <= {{ as_of_date() }} and coalesce(orders.status, '') <> 'cancelled'

),

found as (

    select order_line_key from {{ ref('fct_order_line') }}

)

select expected.order_line_key, found.order_line_key as found_key
from expected
full outer join found on expected.order_line_key = found.order_line_key
where expected.order_line_key is null or found.order_line_key is null
