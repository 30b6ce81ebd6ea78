-- Recurring lines as they count: value, and the day until which they are carried over a gap
-- (docs/domain/revenue.md#grace).
with line as (

    select * from {{ ref('int_recurring_line') }}
    where mrr is not null

),

bridge as (

    select * from {{ ref('int_subscription_bridge') }}

),

final as (

    select
        line.*,
        bridge.bridged_until,
        bridge.next_known_date
    from line
    left join bridge
        on line.line_id = bridge.line_id

)

select * from final
