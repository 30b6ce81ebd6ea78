{{ config(severity='warn') }}
-- C-42: fewer than 2 % of the achieved stages come before their predecessor.
select count(*) as achieved_stages, sum(case when is_out_of_order then 1 else 0 end) as out_of_order
from {{ ref('fct_content_item_stage') }}
where achieved_at is not null
having sum(case when is_out_of_order then 1 else 0 end) >= 0.02 * count(*) and count(*) > 0
