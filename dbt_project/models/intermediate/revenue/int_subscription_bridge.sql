-- Lines whose MRR is carried over a gap of at most renewal_grace_days to a successor (docs/domain/revenue.md#grace):
-- 1 of the contract that follows theirs, else 2 of their family, else 3 of the customer.
with line as (

    select * from {{ ref('int_recurring_line') }}

),

-- 1 First day after the line's end on which a line of the following contract is active.
contract_successor as (

    select
        line.line_id,
        1 as bridge_level,
        greatest(successor.start_date, line.end_date + 1) as next_date,
        successor.known_date as next_known_date
    from line
    inner join {{ ref('crm__contract') }} as contract
        on line.contract_id = contract.previous_contract_id
    inner join line as successor
        on contract.contract_id = successor.contract_id
        and line.product_family_id = successor.product_family_id
    where coalesce(successor.end_date, {{ far_future() }}) > line.end_date
    qualify row_number() over (
        partition by line.line_id
        order by greatest(successor.start_date, line.end_date + 1), successor.known_date, successor.line_id
    ) = 1

),

grouped as (

    select 2 as bridge_level, product_family_id as group_id, * from line
    union all
    select 3 as bridge_level, 'all' as group_id, * from line

),

-- 2, 3 Spans of days with an active line: a line that starts after a day without any opens a new span.
covered as (

    select
        *,
        max(coalesce(end_date, {{ far_future() }})) over (
            partition by bridge_level, customer_key, group_id order by start_date, known_date, line_id
            rows between unbounded preceding and 1 preceding
        ) as covered_until
    from grouped

),

-- Where a span opens, the one before it has ended: the gap between them.
gap as (

    select
        bridge_level,
        customer_key,
        group_id,
        covered_until as end_date,
        start_date as next_date,
        known_date as next_known_date
    from covered
    where start_date > covered_until + 1

),

candidate as (

    select * from contract_successor
    union all
    select grouped.line_id, gap.bridge_level, gap.next_date, gap.next_known_date
    from grouped
    inner join gap
        on grouped.bridge_level = gap.bridge_level
        and grouped.customer_key = gap.customer_key
        and grouped.group_id = gap.group_id
        and grouped.end_date = gap.end_date

),

final as (

    select
        line.line_id,
        candidate.next_date - 1 as bridged_until,
        candidate.next_known_date
    from candidate
    inner join line
        on candidate.line_id = line.line_id
    where {{ dbt.datediff('line.end_date', 'candidate.next_date', 'day') }} - 1 between 1 and {{ var('renewal_grace_days') }}
    qualify row_number() over (partition by line.line_id order by candidate.bridge_level) = 1

)

select * from final
