-- grain: customer × day on which we followed it up: a public reply to a ticket of its, or an activity
-- (docs/domain/activation.md#phases, docs/domain/service.md#interactions).
select distinct
    customer_key,
    interaction_date as follow_date
from {{ ref('fct_interaction') }}
where customer_key <> 'unknown'
    and (interaction_type = 'activity' or (interaction_type = 'reply' and direction = 'outbound'))
