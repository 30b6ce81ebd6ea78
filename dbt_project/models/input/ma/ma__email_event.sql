with events as (

    select * from {{ ref('stg_hubspot__email_events') }}

),

recipients as (

    select * from {{ ref('int_hubspot_recipient') }}

),

hubspot as (

    select
        events.*,
        case when events.subscription_status = 'UNSUBSCRIBED' then 'unsubscribe' else
            {{ map_code('events.event_type', {
                'sent': ['sent'], 'delivered': ['delivered'], 'open': ['open'], 'click': ['click'],
                'bounce': ['bounce'], 'complaint': ['spamreport'],
            }) }}
        end as type,
        case
            when events.event_type <> 'BOUNCE' then null
            when events.bounce_status like '5%' or events.bounce_category = 'UNKNOWN_USER' then 'hard'
            when events.bounce_status like '4%' then 'soft'
            else 'other'
        end as bounce_class,
        coalesce(events.is_filtered, false) as is_machine,
        recipients.contact_id,
        greatest(events._build_id, coalesce(recipients._build_id, 0)) as latest_build_id
    from events
    left join recipients on events.recipient = recipients.email

),

marketo as (

    select
        activity.*,
        case activity.activity_type_id
            {%- for number, type in marketo_mail().items() %} when {{ number }} then '{{ type }}'{% endfor %}
        end as type,
        case activity.activity_type_id when 8 then 'hard' when 27 then 'soft' end as bounce_class,
        coalesce(activity.is_bot, false) as is_machine,
        lead.contact_id,
        greatest(activity._build_id, coalesce(lead._build_id, 0)) as latest_build_id
    from {{ ref('stg_marketo__activities') }} as activity
    left join {{ ref('int_marketo_person') }} as lead on activity.marketo_lead_id = lead.marketo_lead_id
    where activity.activity_type_id in ({{ marketo_mail() | join(', ') }})

),

files as (

    select
        *,
        {{ known_code('type', [
            'sent', 'delivered', 'open', 'click', 'bounce', 'unsubscribe', 'complaint',
        ]) }} as type_code,
        {{ known_code('bounce_class', ['hard', 'soft']) }} as bounce_code,
        coalesce(is_machine, false) as is_known_machine
    from {{ file_records('ma__email_event') }} as landed

),

final as (

    select {{ entity_select('ma__email_event', renamed={'_build_id': 'latest_build_id'}) }}
    from hubspot
    union all
    select
        {{ entity_select('ma__email_event', renamed={
            'event_id': 'activity_id', '_build_id': 'latest_build_id',
        }) }}
    from marketo
    union all
    select
        {{ entity_select('ma__email_event', renamed={
            'type': 'type_code', 'bounce_class': 'bounce_code', 'is_machine': 'is_known_machine',
        }) }}
    from files

)

select * from final
