{{ config(materialized='incremental', incremental_strategy='append', pre_hook='{{ forget_open_months() }}') }}
-- depends_on: {{ ref('int_subscription_fingerprint') }}
-- A line counts in a month while it is active, or carried over a gap, on the day the month is valued (DOMAIN.md §2.1).
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
    {%- if is_incremental() %}
    where month_end.month >= {{ first_open_month() }}
        or line.customer_key in ({{ changed_subscribers() }})
    {%- endif %}

)

select * from final
