-- docs/domain/revenue.md#line-value: MRR and ARR are rounded independently, so a line's ARR is within 6 minor units of
-- 12 MRR.
select distinct line_id, mrr, arr
from {{ ref('fct_subscription_month') }}
where abs(arr - 12 * mrr) * {{ 10 ** currency_decimals() }} > 6
