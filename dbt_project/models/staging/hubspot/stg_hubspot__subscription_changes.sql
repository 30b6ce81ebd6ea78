{{ config(meta={'touched': {'(recipient, occurred_at)': "{{ loaded_since(
    'hubspot__subscription_changes', 'recipient, ' ~ read_text('timestamp', 'epoch_milliseconds')
) }}"}}) }}

-- One row a change within an item of the timeline, which is of a recipient and a moment.
with source as (

    {{ current_records('hubspot__subscription_changes') }}

)

select
    {{ surrogate_key(['source.recipient', 'source.timestamp', 'position']) }} as change_id,
    recipient,
    upper({{ json_text('child', 'change') }}) as change,
    {{ json_text('child', 'subscriptionId') }} as subscription_id,
    timestamp as occurred_at,
    {{ var('build_id') }} as _build_id
from source
{{ each_json_element('source.changes', 'child', 'position') }}
