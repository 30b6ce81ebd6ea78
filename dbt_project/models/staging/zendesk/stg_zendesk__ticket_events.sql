{{ config(meta={'touched': {'audit_id': "{{ loaded_since('zendesk__ticket_events') }}"}}) }}

-- One row a change within an audit (an update of a ticket): parsed once, when it arrives.
with source as (

    {{ current_records('zendesk__ticket_events') }}

),

changes as (

    select
        source.id as audit_id,
        source.id || '-' || position as event_id,
        source.ticket_id,
        coalesce({{ json_text('child', 'author_id') }}, source.updater_id) as author_id,
        {{ json_text(read_text('source.via', 'object'), 'channel') }} as via_channel,
        lower({{ json_text('child', 'event_type') }}) as change_type,
        {{ json_text('child', 'status') }} as to_status,
        {{ json_text('child', 'previous_value') }} as previous_value,
        {{ json_text('child', 'assignee_id') }} as assignee_id,
        coalesce({{ json_text('child', 'public') }}, {{ json_text('child', 'comment_public') }}) = 'true' as is_public,
        timestamp as occurred_at
    from source
    {{ each_json_element('source.child_events', 'child', 'position') }}

)

select
    audit_id,
    event_id,
    ticket_id,
    author_id,
    via_channel,
    case
        when to_status is not null then 'status_change'
        when change_type = 'comment' then 'comment'
        when assignee_id is not null then 'assign'
        else 'other'
    end as type,
    case when to_status is not null then lower(previous_value) end as from_status,
    lower(to_status) as to_status,
    case when change_type = 'comment' then is_public end as is_public,
    occurred_at,
    {{ var('build_id') }} as _build_id
from changes
