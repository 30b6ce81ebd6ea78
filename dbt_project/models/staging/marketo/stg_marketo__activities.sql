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
    -- what it is about: e-mail, form, page
    primaryAttributeValueId as asset_id,
    -- a merge's losing people; leadId is the one that stays
    case when activityTypeId = 32 then {{ json_named('attributes', 'Merge IDs') }} end as merge_ids,
    -- of changed data only whether mail is wanted: other values may name a person
    case
        when activityTypeId = 13 and lower(primaryAttributeValue) = 'unsubscribed'
            then {{ read_text(json_named('attributes', 'New Value'), 'boolean') }}
    end as is_unsubscribed,
    {{ json_named('attributes', 'Link') }} as url,
    {{ json_named('attributes', 'User Agent') }} as user_agent,
    lower({{ json_named('attributes', 'Is Bot Activity') }}) in ('true', '1') as is_bot,
    activityDate as occurred_at,
    {{ var('build_id') }} as _build_id
from source
