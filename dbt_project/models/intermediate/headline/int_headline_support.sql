{{ config(materialized='view') }}

-- grain: month, from the first ticket's on, at most the last 25 (docs/domain/service.md#by-month)
select
    month,
    last_day(month) <= {{ as_of_date() }} as is_complete,
    created as tickets_created,
    first_responses as first_response_n,
    frt_median_bm as first_response_bm,
    first_response_on_target_den as first_response_with_target,
    first_response_on_target_num as first_response_on_target,
    full_resolutions as full_resolution_n,
    resolution_median_bm as full_resolution_bm,
    resolution_on_target_den as resolution_with_target,
    resolution_on_target_num as resolution_on_target,
    tickets_solved as solved,
    reopen_rate_num as reopened,
    one_touch_rate_num as one_touch,
    one_touch_rate_den as with_replies,
    csat_den as answers,
    csat_num as satisfied
from {{ ref('int_support_month') }}
where channel_code = 'all' and category_code = 'all' and month >= {{ history_start() }}
