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

    select * from {{ ref('stg_hubspot__recipient') }}

),

hubspot as (

    select
        {{ entity_select('ma__message',
            same=['delivery_id', 'campaign_id', 'contact_id', 'sent_at'],
            expressions={
                'channel': "'email'", 'message_type': "'marketing'", 'planned_at': 'sent_at', 'is_test': 'false',
            },
            build_id='greatest(deliveries._build_id, coalesce(recipients._build_id, 0))',
        ) }}
    from hubspot_deliveries as deliveries
    left join recipients on deliveries.recipient = recipients.email

),

files as (

    select
        {{ entity_select('ma__message', expressions={
            'channel': known_code('channel', ['email', 'app_push', 'sms', 'call', 'line']),
            'message_type': known_code('message_type', ['marketing', 'transactional']),
            'is_test': 'coalesce(is_test, false)',
        }) }}
    from {{ ref('stg_files__ma__message') }}

),

final as (

    select * from hubspot
    union all
    select * from files

)

select * from final
