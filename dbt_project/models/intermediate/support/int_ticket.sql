{{ config(materialized='view') }}

-- tickets that count, with their customer; merged and spam ones do not, nor questions of ours to ourselves
-- (docs/domain/service.md#tickets)

with ticket as (

    select * from {{ ref('support__ticket') }}
    where merged_into is null and not coalesce(is_spam, false) and created_at < {{ as_of_end() }}
        {%- if not var('side_conversations_are_tickets') %}
        and channel <> 'side_conversation'
        {%- endif %}

),

identity as (

    select * from {{ ref('int_customer_identity') }}

)

select
    ticket.*,
    coalesce(identity.customer_key, 'unknown') as customer_key
from ticket
left join identity on ticket.account_id = identity.account_id
where not {{ is_test_customer("coalesce(identity.customer_key, 'unknown')") }}
