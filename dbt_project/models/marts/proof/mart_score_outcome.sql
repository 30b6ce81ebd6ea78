{{ config(tags=['reads_slices']) }}

-- grain: basis × score × paying customer × month; the score at the month's end and what became of the customer within
-- 30, 60, 90 and 180 days, which are one, two, three and six month-ends, since churn is told by month-ends
-- (docs/domain/activation.md#proof). An outcome stands when the grace of its last day is over. Health is known
-- as it was published alone. Written whole: cheap.
{%- set horizons = {30: 1, 60: 2, 90: 3, 180: 6} %}
with snapshot as (

    select
        'as_known_now' as basis, month, evaluated_on as snapshot_date,
        score_code, customer_key, score_value, low_since, mrr, days_to_renewal
    from {{ ref('int_score_month') }}
    where score_code <> 'health'
    union all
    select
        'as_published', {{ month_of('as_of_date') }}, as_of_date,
        score_code, customer_key, score_value, low_since, mrr, days_to_renewal
    from {{ ref('mart_score_snapshot') }}
    where as_of_date between {{ history_start() }} and {{ as_of_date() }}
    qualify as_of_date = max(as_of_date) over (partition by {{ month_of('as_of_date') }})

),

-- whom later data merged away or called a test cannot be followed
customer as (

    select customer_key from {{ ref('dim_customer') }}
    where customer_status in ('active', 'churned')

),

churn as (

    select customer_key, month as churn_month
    from {{ ref('fct_mrr_movement') }}
    where movement_type = 'churn' and month <= {{ last_proven_month() }}
    group by customer_key, month

),

paying as (

    select customer_key, month, customer_closing_mrr as mrr
    from {{ ref('int_mrr_change') }}
    where is_customer_row and customer_closing_mrr > 0

),

next_churn as (

    select snapshot.customer_key, snapshot.month, min(churn.churn_month) as churn_month
    from (select distinct customer_key, month from snapshot) as snapshot
    inner join churn on snapshot.customer_key = churn.customer_key
    where churn.churn_month > snapshot.month
    group by snapshot.customer_key, snapshot.month

),

final as (

    select
        snapshot.basis,
        snapshot.score_code,
        snapshot.customer_key,
        snapshot.month,
        snapshot.snapshot_date,
        snapshot.score_value,
        snapshot.low_since,
        cast(snapshot.mrr as decimal(18, 2)) as mrr,
        snapshot.days_to_renewal,
        last_day(next_churn.churn_month) as churned_date,
        {%- for days, months in horizons.items() %}
        case
            when snapshot.month > {{ add_months(last_proven_month(), -months) }} then null
            when next_churn.churn_month <= {{ add_months('snapshot.month', months) }} or paid_{{ days }}.mrr is null then 'churned'
            when paid_{{ days }}.mrr < snapshot.mrr then 'contracted'
            else 'retained'
        end as outcome_{{ days }}d{{ ',' if not loop.last }}
        {%- endfor %}
    from snapshot
    inner join customer on snapshot.customer_key = customer.customer_key
    left join next_churn
        on snapshot.customer_key = next_churn.customer_key and snapshot.month = next_churn.month
    {%- for days, months in horizons.items() %}
    left join paying as paid_{{ days }}
        on snapshot.customer_key = paid_{{ days }}.customer_key
        and {{ add_months('snapshot.month', months) }} = paid_{{ days }}.month
    {%- endfor %}
    where last_day(snapshot.month) <= {{ as_of_date() }}

)

select * from final
