{{ config(materialized='view') }}

-- The days on which activation is evaluated: as_of; 28 days before, for level_change_28d; the ends of the months of its
-- history from the first item or the first week of use on; the days on which customers were judged. All are worked out from
-- events, none is read from an older slice (docs/domain/activation.md#level). A closed month changes for touched customers alone.
with day as (

    select {{ as_of_date() }} as evaluated_on, {{ month_of(as_of_date()) }} as month, true as is_for_all
    union all
    select {{ as_of_date() }} - 28, null, true
    union all
    select evaluated_on, month, not {{ is_later_build() }} or month >= {{ month_of(last_build_date()) }}
    from {{ ref('int_month_end') }}
    where month < {{ month_of(as_of_date()) }}
        and (
            {{ local_midnight('evaluated_on + 1') }} > (select min(known_at) from {{ ref('int_content_item') }})
            or (
                evaluated_on >= (select min(first_week_end) from {{ ref('int_usage_first_week') }})
                and 0 < (select count(*) from {{ ref('int_active_process_stage') }} where measure is not null)
            )
        )
    union all
    select review_date, null, false from {{ ref('int_activation_review') }}

),

final as (

    select
        evaluated_on,
        {{ local_midnight('evaluated_on + 1') }} as evaluated_until,
        max(month) as month,
        max(case when is_for_all then 1 else 0 end) = 1 as is_for_all
    from day
    group by evaluated_on

)

select * from final
