with hubspot_deliveries as (

    select
        delivery_id,
        max(campaign_id) as campaign_id,
        max(recipient) as recipient,
        min(case when event_type = 'SENT' then occurred_at end) as sent_at,
        max(_build_id) as _build_id
    from {{ ref('stg_hubspot__email_events') }}
    group by delivery_id

),

recipients as (

    select * from {{ ref('int_hubspot_recipient') }}

),

hubspot as (

    select
        deliveries.*,
        recipients.contact_id,
        'email' as channel,
        'marketing' as message_type,
        false as is_test,
        greatest(deliveries._build_id, coalesce(recipients._build_id, 0)) as latest_build_id
    from hubspot_deliveries as deliveries
    left join recipients on deliveries.recipient = recipients.email

),

marketo_deliveries as (

    select
        delivery_id,
        max(campaign_id) as campaign_id,
        max(marketo_lead_id) as marketo_lead_id,
        min(case when activity_type_id = 6 then occurred_at end) as sent_at,
        max(_build_id) as _build_id
    from {{ ref('stg_marketo__activities') }}
    where activity_type_id in ({{ marketo_mail() | join(', ') }}) and delivery_id is not null
    group by delivery_id

),

marketo as (

    select
        deliveries.*,
        lead.contact_id,
        'email' as channel,
        'marketing' as message_type,
        false as is_test,
        greatest(deliveries._build_id, coalesce(lead._build_id, 0)) as latest_build_id
    from marketo_deliveries as deliveries
    left join {{ ref('int_marketo_person') }} as lead on deliveries.marketo_lead_id = lead.marketo_lead_id

),

files as (

    select
        *,
        {{ known_code('channel', ['email', 'app_push', 'sms', 'call', 'line']) }} as channel_code,
        {{ known_code('message_type', ['marketing', 'transactional']) }} as type_code,
        coalesce(is_test, false) as is_known_test
    from {{ file_records('ma__message') }} as landed

),

final as (

    {%- for vendor in ['hubspot', 'marketo'] %}
    select
        {{ entity_select('ma__message',
            held=['delivery_id', 'campaign_id', 'channel', 'message_type', 'contact_id', 'sent_at', 'is_test'],
            renamed={'planned_at': 'sent_at', '_build_id': 'latest_build_id'},
        ) }}
    from {{ vendor }}
    union all
    {%- endfor %}
    select
        {{ entity_select('ma__message', renamed={
            'channel': 'channel_code', 'message_type': 'type_code', 'is_test': 'is_known_test',
        }) }}
    from files

)

select * from final
