{{ config(
    materialized='incremental',
    incremental_strategy='replace_keys',
    meta={'touched': {
        'customer_key': "select customer_key from {{ ref('int_touched_customer') }}",
        'month': "select {{ date_series(month_of(last_build_date()), month_of(as_of_date()), 'month') }}"
    }}
) }}
-- A line counts in a month while it is active, or carried over a gap, on the day the month is valued
-- (docs/domain/revenue.md#running-month). Rebuilt are touched customers whole, and the months from the last build's on,
-- since the running month is valued at as_of.
with line as (

    select * from {{ ref('int_subscription_line') }}
    where start_date <= {{ as_of_date() }}

),

month_end as (

    select * from {{ ref('int_revenue_month') }}

),

final as (

    select
        line.line_id,
        month_end.month,
        line.customer_key,
        line.product_key,
        line.product_family_id,
        line.mrr,
        line.arr,
        line.licences,
        month_end.value_date > coalesce(line.end_date, {{ far_future() }}) as is_bridged,
        not month_end.is_complete as is_provisional,
        case
            when month_end.value_date > coalesce(line.end_date, {{ far_future() }})
                then greatest(line.known_date, line.next_known_date)
            else line.known_date
        end as known_date
    from line
    inner join month_end
        on line.start_date <= month_end.value_date
        and coalesce(line.bridged_until, line.end_date, {{ far_future() }}) >= month_end.value_date
    where month_end.month >= {{ month_of(last_build_date()) }}
        or {{ is_touched('line.customer_key', 'select customer_key from ' ~ ref('int_touched_customer')) }}

)

select * from final
