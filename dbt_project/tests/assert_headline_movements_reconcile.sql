-- MRR moves by its movements alone, and who does not stay has left: in every month shown, exactly.
with figure as (

    select
        period,
        sum(case when metric = 'mrr' then value end) as mrr,
        sum(case when metric in ('{{ mrr_movement_types() | join("_mrr', '") }}_mrr') then value end) as movements,
        sum(case when metric = 'logo_retention' then num end) as retained,
        sum(case when metric = 'logo_churn' then num end) as churned,
        sum(case when metric = 'logo_churn' then den end) as opening_customers
    from {{ ref('mart_headline') }}
    where period_type = 'month'
    group by period

),

followed as (

    select *, lag(mrr) over (order by period) as opening_mrr from figure

)

select * from followed
where opening_mrr + movements <> mrr or retained + churned <> opening_customers
