-- Customers whose activation at a past month-end may have changed since the last build: their content items, contracts or
-- lines have, or they stand for other accounts. All customers, if another definition is in force, or if the process's first
-- item may have been or may now be a touched one: it says since when customers without an item have a level.
with touched as (

    select * from {{ ref('stg_touched__content_item') }}

),

account as (

    select coalesce(meant.record_id, touched.account_id) as account_id
    from touched
    left join {{ ref('int_record_id') }} as meant on touched.account_id = meant.given_id
    union
    select account_id from {{ ref('process__content_item') }}
    where item_id in (select item_id from {{ ref('int_touched_content_item') }})

),

first_item as (

    select min(known_at) as known_at from {{ ref('int_content_item') }}

),

touched_time as (

    select known_at from touched
    union all
    select achieved_at from {{ ref('process__stage_event') }}
    where item_id in (select item_id from touched)

),

reason_for_all as (

    select 'first_item' as reason
    from touched_time
    cross join first_item
    where coalesce(touched_time.known_at <= first_item.known_at, first_item.known_at is null)
    union all
    select process_id from {{ ref('int_changed_process') }}

),

final as (

    select customer_key from {{ ref('int_touched_customer') }}
    union
    select identity.customer_key
    from account
    inner join {{ ref('int_customer_identity') }} as identity on account.account_id = identity.account_id
    union
    select customer_key from {{ ref('int_customer_identity') }}
    where 0 < (select count(*) from reason_for_all)

)

select customer_key from final
