-- The 28 days of a week are that week and the three before it.
select usage.customer_key, usage.week_end, usage.uses_28d, sum(earlier.uses_7d) as uses_of_four_weeks
from {{ ref('fct_usage_weekly') }} as usage
inner join {{ ref('fct_usage_weekly') }} as earlier
    on usage.customer_key = earlier.customer_key and earlier.week_end between usage.week_end - 21 and usage.week_end
group by usage.customer_key, usage.week_end, usage.uses_28d
having usage.uses_28d <> sum(earlier.uses_7d)
