-- C-31: a strictly better value never has a lower score; equal values have equal scores (unless ntile splits them).
with scored as (

    select * from {{ ref('mart_rfm') }}
    where population = 'scored' and as_of_date = {{ as_of_date() }}

),

measured as (

    select as_of_date, 'r' as measure, -recency_days as measure_value, r_score as score from scored
    union all
    select as_of_date, 'f', frequency, f_score from scored
    union all
    select as_of_date, 'm', monetary, m_score from scored

),

by_value as (

    select
        as_of_date,
        measure,
        measure_value,
        min(score) as lowest_score,
        max(score) as highest_score,
        max(max(score)) over (
            partition by as_of_date, measure order by measure_value rows between unbounded preceding and 1 preceding
        ) as highest_score_of_worse
    from measured
    group by as_of_date, measure, measure_value

)

select * from by_value
where lowest_score < highest_score_of_worse
   or ({{ 'true' if var('rfm_tie_method') != 'ntile' else 'false' }} and lowest_score <> highest_score)
