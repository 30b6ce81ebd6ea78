-- Every stage event up to the business date is counted in exactly one stage of one item.
select expected.events, modelled.events as modelled_events
from (
    select count(*) as events from {{ ref('process__stage_event') }} where achieved_at < {{ as_of_end() }}
) as expected
cross join (select coalesce(sum(event_count), 0) as events from {{ ref('fct_content_item_stage') }}) as modelled
where expected.events <> modelled.events
