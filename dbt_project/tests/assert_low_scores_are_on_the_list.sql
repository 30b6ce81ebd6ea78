-- Every active customer whose newest early-warning score is below the threshold is on the list of the date, unless the
-- company has switched the reason off.
select customer.customer_key, customer.ews_score
from {{ ref('mart_customer_360') }} as customer
left join {{ ref('mart_ews_follow_up') }} as follow_up
    on customer.customer_key = follow_up.customer_key and follow_up.as_of_date = {{ as_of_date() }}
where customer.customer_status = 'active'
    and customer.ews_score < {{ var('follow_up_thresholds').ews_score }}
    and {{ var('follow_up_points').low_score }} > 0
    and follow_up.customer_key is null
