{{ config(materialized='view') }}

-- One row: the first week in which any customer has each feed, and in which it names people.
select
    min(case when feature_use_rows > 0 then week_end end) as use_since,
    min(case when logins > 0 then week_end end) as login_since,
    min(case when has_user_ids then week_end end) as user_since
from {{ ref('int_usage_week_count') }}
