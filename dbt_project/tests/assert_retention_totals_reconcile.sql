-- C-21 in total: opening + movements = closing in every segment; for all customers the movements are those of
-- fct_mrr_movement and a month opens with what the one before closed with.
with retention as (

    select
        *,
        {{ mrr_movement_types() | join('_mrr + ') }}_mrr as movements,
        lag(closing_mrr) over (partition by segment_type, segment_value order by month) as previous_closing_mrr
    from {{ ref('fct_retention_monthly') }}

),

movement as (

    select month, sum(amount) as amount
    from {{ ref('fct_mrr_movement') }}
    group by month

)

select retention.month, segment_type, segment_value, opening_mrr, movements, closing_mrr, amount
from retention
left join movement
    on retention.month = movement.month
where opening_mrr + movements <> closing_mrr
    or (
        segment_type = 'all'
        and (movements <> coalesce(amount, 0) or opening_mrr <> coalesce(previous_closing_mrr, 0))
    )
