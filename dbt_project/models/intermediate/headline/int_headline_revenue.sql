-- grain: month. Revenue and retention of the whole company in the last 25 months (docs/domain/revenue.md#mrr,
-- docs/domain/retention.md#nrr).
with retention as (

    select * from {{ ref('fct_retention_monthly') }}
    where segment_type = 'all' and month >= {{ history_start() }}

),

trailing_year as (

    select * from {{ ref('fct_retention_t12m') }}
    where segment_type = 'all' and month >= {{ history_start() }}

),

-- each product family at least 0 (docs/domain/revenue.md#line-value)
yearly_value as (

    select month, sum(customer_closing_arr) as closing_arr from {{ ref('int_mrr_change') }}
    where is_customer_row and month >= {{ history_start() }}
    group by month

),

-- of renewals a month is whole when nothing of it is pending any more
renewal as (

    select * from {{ ref('mart_renewal_monthly') }}
    where segment_type = 'all'

),

final as (

    select
        retention.*,
        coalesce(yearly_value.closing_arr, 0) as closing_arr,
        trailing_year.nrr_t12m,
        trailing_year.nrr_t12m_num,
        trailing_year.nrr_t12m_den,
        trailing_year.grr_t12m,
        trailing_year.grr_t12m_num,
        trailing_year.grr_t12m_den,
        renewal.renewal_rate_num as renewals,
        renewal.renewal_rate_den as renewals_decided,
        coalesce(renewal.is_complete, false) as is_renewal_complete,
        last_day(retention.month) <= {{ as_of_date() }} as is_complete
    from retention
    left join trailing_year on retention.month = trailing_year.month
    left join renewal on retention.month = renewal.month
    left join yearly_value on retention.month = yearly_value.month

)

select * from final
