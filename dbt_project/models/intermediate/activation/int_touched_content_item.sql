-- Content items whose stages may have changed since the last build: they or their events were loaded, or have come into view
-- with the date; their account stands for another customer; or another definition of their process is in force.
with item as (

    select * from {{ ref('process__content_item') }}

),

definition as (

    select
        process_id,
        max(case when {{ last_build_date() }} between valid_from and coalesce(valid_to, {{ last_build_date() }})
            then version end) as version_before,
        max(case when {{ as_of_date() }} between valid_from and coalesce(valid_to, {{ as_of_date() }})
            then version end) as version_now
    from {{ ref('activation_definition') }}
    group by process_id

),

final as (

    select item_id from {{ ref('stg_touched__content_item') }}
    union
    select item_id from {{ ref('process__stage_event') }} where achieved_at >= {{ last_build_end() }}
    union
    select item_id from item where account_id in (select account_id from {{ ref('int_changed_account') }})
    union
    select item.item_id
    from item
    inner join definition on item.process_id = definition.process_id
    where definition.version_before is distinct from definition.version_now

)

select item_id from final
