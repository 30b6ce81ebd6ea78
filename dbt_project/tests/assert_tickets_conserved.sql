-- Every ticket but merged, spam and child ones, and those of test accounts, is in the fact, with all of its events.
select expected.*, modelled.*
from (
    select count(*) as tickets, coalesce(sum(event_count), 0) as events
    from (
        select ticket.ticket_id, count(event.ticket_id) as event_count
        from {{ ref('support__ticket') }} as ticket
        left join {{ ref('int_customer_identity') }} as identity on ticket.account_id = identity.account_id
        left join {{ ref('support__ticket_event') }} as event
            on ticket.ticket_id = event.ticket_id and event.occurred_at < {{ as_of_end() }}
        where ticket.merged_into is null and not coalesce(ticket.is_spam, false) and ticket.created_at < {{ as_of_end() }}
            and (ticket.channel <> 'side_conversation' or {{ var('side_conversations_are_tickets') | lower }})
            and not {{ is_test_customer("coalesce(identity.customer_key, 'unknown')") }}
        group by ticket.ticket_id
    ) as ticket_events
) as expected
cross join (
    select count(*) as modelled_tickets, coalesce(sum(event_count), 0) as modelled_events
    from {{ ref('fct_ticket') }}
) as modelled
where expected.tickets <> modelled.modelled_tickets or expected.events <> modelled.modelled_events
