-- The Brier score is reliability − resolution + uncertainty, to the last digit but the rounding of four numbers; bands and
-- policies are of the same cases; nobody calls more than it can; score against money is all of the MRR.
with calibration as (

    select * from {{ ref('mart_score_calibration') }}

),

performance as (

    select * from {{ ref('mart_score_performance') }}

),

band_total as (

    select basis, score_code, horizon_days, sum(churn_rate_den) as cases, sum(churn_rate_num) as churned
    from calibration
    group by basis, score_code, horizon_days

)

select 'brier' as what, score_code as detail
from calibration
where abs(brier_score - (reliability - resolution + uncertainty)) > 0.000002
union all
select 'bands', performance.score_code
from performance
left join band_total
    on performance.basis = band_total.basis
    and performance.score_code = band_total.score_code
    and performance.horizon_days = band_total.horizon_days
where coalesce(band_total.cases, 0) <> performance.base_rate_den
    or coalesce(band_total.churned, 0) <> performance.base_rate_num
union all
select 'capacity', score_code
from performance
where precision_num > least(precision_den, recall_den)
    or precision_den > base_rate_den
    or (capacity < base_rate_den and precision_den < capacity)
union all
select 'money', cast(money.mrr as {{ dbt.type_string() }})
from (select coalesce(sum(mrr), 0) as mrr from {{ ref('mart_score_vs_money') }}) as money
where money.mrr <> (
    select coalesce(max(closing_mrr), 0)
    from {{ ref('fct_retention_monthly') }}
    where segment_type = 'all' and month = {{ month_of(as_of_date()) }}
)
