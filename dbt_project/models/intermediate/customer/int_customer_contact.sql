-- When each customer and we were last in touch, and its clicks in e-mails. Contact is what takes a person on one side
-- at least: a ticket, a public reply, an activity, a survey answer, a click; sending or opening an e-mail is none.
with ticket as (

    select * from {{ ref('int_ticket') }}

),

reply as (

    select * from {{ ref('support__ticket_event') }}
    where type = 'comment'
        and is_public
        and actor_role in ('agent', 'end_user')
        and occurred_at < {{ as_of_end() }}

),

answer as (

    select * from {{ ref('fct_survey_response') }}

),

activity as (

    select * from {{ ref('success__cs_activity') }}
    where occurred_at < {{ as_of_end() }}

),

identity as (

    select * from {{ ref('int_customer_identity') }}

),

click as (

    select * from {{ ref('ma__email_event') }}
    where type = 'click' and not is_machine and occurred_at < {{ as_of_end() }}

),

contact as (

    select * from {{ ref('dim_contact') }}

),

contacted as (

    select customer_key, created_at as contacted_at, false as is_click from ticket
    union all
    select ticket.customer_key, reply.occurred_at as contacted_at, false as is_click
    from reply
    inner join ticket on reply.ticket_id = ticket.ticket_id
    union all
    select customer_key, responded_at as contacted_at, false as is_click from answer
    union all
    select
        coalesce(identity.customer_key, 'unknown') as customer_key,
        activity.occurred_at as contacted_at,
        false as is_click
    from activity
    left join identity on activity.account_id = identity.account_id
    union all
    select
        coalesce(contact.customer_key, 'unknown') as customer_key,
        click.occurred_at as contacted_at,
        true as is_click
    from click
    left join contact on {{ surrogate_key(['click.contact_id']) }} = contact.contact_key

),

final as (

    select
        customer_key,
        max(contacted_at) as last_contact_at,
        sum(case when is_click and contacted_at >= {{ local_midnight(as_of_date() ~ ' - 89') }} then 1 else 0 end)
            as email_clicks_90d
    from contacted
    group by customer_key

)

select * from final
