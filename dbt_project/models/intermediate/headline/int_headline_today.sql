-- One row: what is counted on the business date alone, the top tenth (docs/domain/segments.md#decile) and open tickets.
with decile as (

    select
        sum(case when decile = 1 then amount end) as decile_1_amount,
        sum(amount) as decile_amount,
        sum(customers) as decile_customers
    from {{ ref('mart_decile_summary') }}
    where as_of_date = {{ as_of_date() }}

),

-- null without any ticket: nobody supplies them
ticket as (

    select case when count(*) > 0 then sum(case when status in ('solved', 'closed') then 0 else 1 end) end as open_tickets
    from {{ ref('fct_ticket') }}

),

final as (

    select * from decile
    cross join ticket

)

select * from final
