-- items with their customer; an item without created_at counts as known from its first event on

with item as (

    select * from {{ ref('process__content_item') }}

),

identity as (

    select * from {{ ref('int_customer_identity') }}

),

first_event as (

    select item_id, min(achieved_at) as first_event_at
    from {{ ref('process__stage_event') }}
    group by item_id

)

select
    item.item_id,
    coalesce(identity.customer_key, 'unknown') as customer_key,
    item.process_id,
    item.planned_publish_date,
    item.interview_date,
    item.created_at,
    coalesce(item.created_at, first_event.first_event_at) as known_at,
    item.cancelled_at,
    greatest(item._build_id, coalesce(identity._build_id, item._build_id)) as _build_id
from item
left join identity on item.account_id = identity.account_id
left join first_event on item.item_id = first_event.item_id
