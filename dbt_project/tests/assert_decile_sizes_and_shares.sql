-- C-32: decile sizes differ by at most 1 (deterministic ties only), shares sum to 1 within 5e-7 a row, and the last
-- cumulative share is exactly 1.
with customer_decile as (

    select * from {{ ref('mart_decile') }} where as_of_date = {{ as_of_date() }}

),

sizes as (

    select period_code, decile, count(*) as customers
    from customer_decile
    group by period_code, decile

),

size_spread as (

    select period_code, max(customers) - min(customers) as spread
    from sizes
    group by period_code

),

totals as (

    select period_code, count(*) as customers, sum(share) as total_share, max(cum_share) as last_cum_share
    from customer_decile
    group by period_code

)

select totals.*, size_spread.spread
from totals
inner join size_spread on totals.period_code = size_spread.period_code
where abs(total_share - 1) > 0.0000005 * totals.customers
   or last_cum_share <> 1
   or ({{ 'true' if var('decile_tie_method') == 'deterministic' else 'false' }} and size_spread.spread > 1)
