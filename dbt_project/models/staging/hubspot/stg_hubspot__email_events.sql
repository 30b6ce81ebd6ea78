{{ config(pre_hook="{{ forget_changed('hubspot__email_events', 'id', hubspot_event_cursor(), 'event_id') }}") }}

with source as (

    {{ latest_version('hubspot__email_events', 'id', hubspot_event_cursor()) }}

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
    filteredEvent = 'true' as is_filtered,
    category as bounce_category,
    status as bounce_status,
    portalSubscriptionStatus as subscription_status,
    {{ hubspot_event_cursor() }} as occurred_at,
    {{ var('build_id') }} as _build_id
from source
