{{ config(meta={'touched': {'activity_id': "{{ loaded_since('marketo__activities') }}"}}) }}

with source as (

    {{ current_records('marketo__activities') }}

)

select
    marketoGUID as activity_id,
    leadId as marketo_lead_id,
    activityTypeId as activity_type_id,
    campaignId as campaign_id,
    -- an asset sent to a lead by one run of a campaign
    'marketo:' || leadId || ':' || primaryAttributeValueId || coalesce(':' || campaignId, '')
    || coalesce(':' || {{ json_named('attributes', 'Campaign Run ID') }}, '') as delivery_id,
    {{ json_named('attributes', 'Link') }} as url,
    {{ json_named('attributes', 'User Agent') }} as user_agent,
    lower({{ json_named('attributes', 'Is Bot Activity') }}) in ('true', '1') as is_bot,
    activityDate as occurred_at,
    {{ var('build_id') }} as _build_id
from source
