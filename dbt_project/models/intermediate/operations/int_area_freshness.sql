{{ config(materialized='view') }}
-- Up to which business date each ingest area is whole: to the least advanced of its feeds, one that is not due being up
-- to date. An area without any is switched off: no vendor offers it, no file was dropped for it
-- (docs/domain/conventions.md#freshness).
with feed as (

    select
        *,
        case when is_stale then last_success_as_of else {{ as_of_date() }} end as whole_until
    from {{ ref('int_feed_freshness') }}

),

area as (

    select distinct area from {{ ref('stg_ops__source_object') }}

),

final as (

    select
        area.area,
        count(feed.object) > 0 as is_connected,
        -- a feed that never came: there is no date to which the area is whole
        case when count(feed.object) = count(feed.whole_until) then min(feed.whole_until) end as last_success_as_of,
        coalesce(max(case when feed.is_stale then 1 else 0 end), 0) = 1 as is_stale,
        coalesce(max(case when feed.is_overdue then 1 else 0 end), 0) = 1 as is_overdue
    from area
    left join feed on area.area = feed.area
    group by area.area

)

select * from final
