-- Content items whose stages may have changed since the last build: they or their events were loaded, or have come into view
-- with the date; their account stands for another customer; or another definition of their process is in force.
with item as (

    select * from {{ ref('process__content_item') }}

),

final as (

    select item_id from {{ ref('stg_touched__content_item') }}
    union
    select item_id from {{ ref('process__stage_event') }} where achieved_at >= {{ last_build_end() }}
    union
    select item_id from item where account_id in (select account_id from {{ ref('int_changed_account') }})
    union
    select item_id from item where process_id in (select process_id from {{ ref('int_changed_process') }})

)

select item_id from final
