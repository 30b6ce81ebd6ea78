-- grain: customer × day on which we followed it up: a public reply to a ticket of its, or an activity
-- (docs/domain/activation.md#phases). Made anew from one scan of the ticket events, as int_customer_contact is.
with ticket as (

    select * from {{ ref('int_ticket') }}

),

reply as (

    select * from {{ ref('support__ticket_event') }}
    where type = 'comment' and is_public and actor_role = 'agent' and occurred_at < {{ as_of_end() }}

),

activity as (

    select * from {{ ref('success__cs_activity') }}
    where occurred_at < {{ as_of_end() }}

),

identity as (

    select * from {{ ref('int_customer_identity') }}

),

followed as (

    select ticket.customer_key, {{ local_date('reply.occurred_at') }} as follow_date
    from reply
    inner join ticket on reply.ticket_id = ticket.ticket_id
    union
    select identity.customer_key, {{ local_date('activity.occurred_at') }} as follow_date
    from activity
    inner join identity on activity.account_id = identity.account_id

),

final as (

    select customer_key, follow_date from followed
    where customer_key <> 'unknown'

)

select * from final
