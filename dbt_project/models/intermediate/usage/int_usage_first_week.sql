{{ config(materialized='view') }}

-- grain: customer; the week of its first activity or licence, from which its weeks are told
select customer_key, min(week_end) as first_week_end
from (
    select customer_key, week_end from {{ ref('int_usage_week_count') }}
    union all
    select customer_key, first_week_end as week_end from {{ ref('int_license') }} where first_week_end <= last_day
) as begun
group by customer_key
