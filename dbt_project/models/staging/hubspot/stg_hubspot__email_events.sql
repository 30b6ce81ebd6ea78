{{ config(meta={'touched': {'event_id': "{{ loaded_since('hubspot__email_events') }}"}}) }}

with source as (

    {{ current_records('hubspot__email_events') }}

)

select
    id as event_id,
    -- the SENT event stands for the delivery, all others name it
    'hubspot:' || coalesce({{ json_text('sentBy', 'id') }}, id) as delivery_id,
    emailCampaignId as campaign_id,
    type as event_type,
    lower(recipient) as recipient,
    url,
    userAgent as user_agent,
    filteredEvent as is_filtered,
    category as bounce_category,
    status as bounce_status,
    portalSubscriptionStatus as subscription_status,
    created as occurred_at,
    {{ var('build_id') }} as _build_id
from source
