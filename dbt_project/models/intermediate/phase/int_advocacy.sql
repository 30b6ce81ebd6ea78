-- grain: customer × day on which it spoke for us (docs/domain/activation.md#phases)
with event as (

    select * from {{ ref('success__advocacy_event') }}
    where occurred_at < {{ as_of_end() }}

),

identity as (

    select * from {{ ref('int_customer_identity') }}
    where customer_key <> 'unknown'

),

final as (

    select distinct identity.customer_key, {{ local_date('event.occurred_at') }} as advocacy_date
    from event
    inner join identity on event.account_id = identity.account_id

)

select * from final
