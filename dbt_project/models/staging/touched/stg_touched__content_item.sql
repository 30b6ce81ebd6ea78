-- Content items that were loaded since the last build, or whose stage events were: a file may have lost some.
select {{ read_text('item_id', 'id') }} as item_id
from {{ source('raw', 'files__process__content_item') }}
where {{ is_read_again('files__process__content_item') }}
union
select {{ read_text('item_id', 'id') }} as item_id
from {{ source('raw', 'files__process__stage_event') }}
where {{ is_read_again('files__process__stage_event') }}
