-- Who has a reason with points is on the list of the date, nobody else, with the sum of these and the ARR of the 360; each
-- reason has a name and points.
with reason as (

    select customer_key, reason.trigger_code, points
    from {{ ref('int_follow_up_reason') }} as reason
    left join {{ ref('dim_follow_up_trigger') }} as kind on reason.trigger_code = kind.trigger_code

),

expected as (

    select reason.customer_key, least(sum(points), 100) as risk_points, max(customer.arr) as arr
    from reason
    inner join {{ ref('mart_customer_360') }} as customer on reason.customer_key = customer.customer_key
    where points > 0 and customer.customer_status = 'active'
    group by reason.customer_key

),

listed as (

    select * from {{ ref('mart_ews_follow_up') }} where as_of_date = {{ as_of_date() }}

)

select coalesce(expected.customer_key, listed.customer_key) as problem
from expected
full outer join listed on expected.customer_key = listed.customer_key
where expected.customer_key is null
    or listed.customer_key is null
    or expected.risk_points <> listed.risk_points
    or expected.arr <> listed.arr
    or listed.priority > listed.arr
union all
select trigger_code as problem from reason where points is null
