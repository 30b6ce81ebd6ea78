-- Each tenth's share of the amount; the slice of as_of (docs/domain/segments.md#decile).
with customer_decile as (

    select * from {{ ref('mart_decile') }}
    where as_of_date = {{ as_of_date() }}

),

summed as (

    select
        period_code,
        decile,
        cast(count(*) as integer) as customers,
        cast(sum(amount) as decimal(18, 2)) as amount
    from customer_decile
    group by period_code, decile

),

cumulated as (

    select
        *,
        sum(amount) over (partition by period_code) as total_amount,
        sum(amount) over (
            partition by period_code order by decile rows between unbounded preceding and current row
        ) as cumulative_amount
    from summed

),

final as (

    select
        {{ as_of_date() }} as as_of_date,
        period_code,
        decile,
        customers,
        amount,
        {{ rate('amount', 'total_amount') }} as share,
        {{ rate('cumulative_amount', 'total_amount') }} as cum_share,
        {{ divide_money('amount', 1, 'customers') }} as amount_per_customer
    from cumulated

)

select * from final
