{{ config(materialized='view') }}

-- grain: evaluation date × customer × process; the level and where the customer's items are
with level as (

    select * from {{ ref('int_activation_level') }}

),

open_item as (

    select * from {{ ref('int_content_item_wide') }}
    where is_open

),

customer as (

    select * from {{ ref('dim_customer') }}

),

-- without a contract, the first item or the first week of use
first_item as (

    select customer_key, process_id, min({{ local_date('known_at') }}) as first_item_date
    from {{ ref('int_content_item') }}
    group by customer_key, process_id

),

first_week as (

    select * from {{ ref('int_usage_first_week') }}

),

-- the most advanced open item tells where the customer is; of several there, the one that waits longest
ranked_item as (

    select
        *,
        count(*) over (partition by evaluated_on, customer_key, process_id) as open_items,
        row_number() over (
            partition by evaluated_on, customer_key, process_id
            order by last_stage_no desc, current_stage_since asc nulls last, item_id asc
        ) as rank_no
    from open_item

),

final as (

    select
        level.evaluated_on,
        level.customer_key,
        level.process_id,
        level.activation_score,
        level.activation_level,
        level.known_goals,
        cast(level.goals_achieved as smallint) as goals_achieved,
        cast(item.last_stage_no + 1 as smallint) as current_stage_no,
        cast({{ dbt.datediff(local_date('item.current_stage_since'), 'level.evaluated_on', 'day') }} as integer)
            as days_in_current_stage,
        cast(level.publications_6m as integer) as publications_6m,
        cast(level.distinct_pub_months as smallint) as distinct_pub_months,
        level.regularity_rate,
        cast(level.distinct_pub_months as integer) as regularity_rate_num,
        cast(case when level.has_items then {{ var('regularity_months') }} end as integer) as regularity_rate_den,
        cast(level.max_gap_days as integer) as max_gap_days,
        cast(level.target_cadence_days as integer) as target_cadence_days,
        level.is_regular,
        -- a contract that began later was none yet
        coalesce(
            {{ dbt.datediff(
                'case when customer.first_contract_date <= level.evaluated_on then customer.first_contract_date'
                ~ ' else coalesce(first_item.first_item_date, case when not level.has_items then first_week.first_week_end end) end',
                'level.evaluated_on', 'day'
            ) }} < {{ var('ramp_up_days') }}, false
        ) as is_ramp_up,
        cast(case when level.has_items then coalesce(item.open_items, 0) end as integer) as open_items,
        level.definition_version
    from level
    left join customer on level.customer_key = customer.customer_key
    left join first_item
        on level.customer_key = first_item.customer_key and level.process_id = first_item.process_id
    left join first_week on level.customer_key = first_week.customer_key
    left join ranked_item as item
        on level.evaluated_on = item.evaluated_on
        and level.customer_key = item.customer_key
        and level.process_id = item.process_id
        and item.rank_no = 1

)

select * from final
