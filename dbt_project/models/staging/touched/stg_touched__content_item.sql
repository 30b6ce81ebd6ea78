-- Every version of the content items that were loaded since the last build, and of the stage events: a file may have lost
-- some.
select
    {{ read_text('item_id', 'id') }} as item_id,
    {{ read_text('account_id', 'id') }} as account_id,
    {{ read_text('created_at', 'instant') }} as known_at
from {{ source('raw', 'files__process__content_item') }}
where {{ is_read_again('files__process__content_item') }}
union
select
    {{ read_text('item_id', 'id') }} as item_id,
    null as account_id,
    {{ read_text('achieved_at', 'instant') }} as known_at
from {{ source('raw', 'files__process__stage_event') }}
where {{ is_read_again('files__process__stage_event') }}
