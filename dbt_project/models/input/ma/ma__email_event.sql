with events as (

    select * from {{ ref('stg_hubspot__email_events') }}

),

recipients as (

    select * from {{ ref('stg_hubspot__recipient') }}

),

hubspot as (

    select
        {{ entity_select('ma__email_event',
            same=['event_id', 'delivery_id', 'occurred_at', 'url', 'user_agent', 'contact_id'],
            expressions={
                'type': "case when subscription_status = 'UNSUBSCRIBED' then 'unsubscribe' else "
                    ~ map_code('event_type', {
                        'sent': ['sent'], 'delivered': ['delivered'], 'open': ['open'], 'click': ['click'],
                        'bounce': ['bounce'], 'complaint': ['spamreport'],
                    }) ~ " end",
                'bounce_class': "case
            when event_type <> 'BOUNCE' then null
            when bounce_status like '5%' or bounce_category = 'UNKNOWN_USER' then 'hard'
            when bounce_status like '4%' then 'soft'
            else 'other'
        end",
                'is_machine': 'coalesce(is_filtered, false)',
            },
            build_id='greatest(events._build_id, coalesce(recipients._build_id, 0))',
        ) }}
    from events
    left join recipients on events.recipient = recipients.email

),

files as (

    select
        {{ entity_select('ma__email_event', expressions={
            'type': known_code('type', [
                'sent', 'delivered', 'open', 'click', 'bounce', 'unsubscribe', 'complaint',
            ]),
            'bounce_class': known_code('bounce_class', ['hard', 'soft']),
            'is_machine': 'coalesce(is_machine, false)',
        }) }}
    from {{ ref('stg_files__ma__email_event') }}

),

final as (

    select * from hubspot
    union all
    select * from files

)

select * from final
