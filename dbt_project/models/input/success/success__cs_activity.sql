-- Salesforce's tasks count once finished, mass e-mails apart, its events once over; either only with an account. With whom is
-- a contact or a lead (docs/domain/sources.md#success).
with activity as (

    select * from {{ ref('stg_salesforce__task') }}
    where is_closed and coalesce(subtype, '') not in ('ListEmail', 'Cadence')
    union all
    select * from {{ ref('stg_salesforce__event') }}
    where occurred_at < {{ as_of_end() }}

),

salesforce as (

    select
        *,
        case when left(who_id, 3) = '003' then who_id end as contact_id
    from activity
    where account_id is not null

),

files as (

    select * from {{ file_records('success__cs_activity') }} as landed
    where activity_id not in (select activity_id from salesforce)

),

final as (

    select {{ entity_select('success__cs_activity') }}
    from salesforce
    union all
    select {{ entity_select('success__cs_activity') }}
    from files

)

select * from final
