-- What recipients said themselves (docs/domain/campaigns.md#consent): HubSpot's changes of subscriptions and spam reports,
-- Marketo's unsubscriptions and changes of its field. Bounces are nobody's word; they are in the mail events.
with hubspot as (

    select
        'hubspot:' || changed.change_id as event_id,
        recipient.contact_id as subject_id,
        case when recipient.contact_id is not null then 'contact' end as subject_type,
        'email' as channel,
        case changed.change when 'SUBSCRIBED' then 'opt_in' else 'opt_out' end as action,
        changed.subscription_id,
        changed.occurred_at,
        greatest(changed._build_id, coalesce(recipient._build_id, 0)) as _build_id
    from {{ ref('stg_hubspot__subscription_changes') }} as changed
    left join {{ ref('int_hubspot_recipient') }} as recipient on lower(changed.recipient) = recipient.email
    where changed.change in ('SUBSCRIBED', 'UNSUBSCRIBED', 'REPORTED_SPAM')

),

marketo as (

    select
        'marketo:' || activity.activity_id as event_id,
        coalesce(person.contact_id, person.lead_id) as subject_id,
        case when person.contact_id is not null then 'contact' when person.lead_id is not null then 'prospect' end as subject_type,
        'email' as channel,
        case when activity.is_unsubscribed is false then 'opt_in' else 'opt_out' end as action,
        activity.occurred_at,
        greatest(activity._build_id, coalesce(person._build_id, 0)) as _build_id
    from {{ ref('stg_marketo__activities') }} as activity
    left join {{ ref('int_marketo_person') }} as person on activity.marketo_lead_id = person.marketo_lead_id
    where activity.activity_type_id = 9 or activity.is_unsubscribed is not null

),

files as (

    select
        *,
        {{ known_code('channel', ['email', 'app_push', 'sms', 'call', 'line']) }} as channel_code,
        {{ known_code('purpose_code', ['service_info', 'marketing', 'third_party', 'analytics']) }} as known_purpose,
        lower(action) as lower_action
    from {{ ref('stg_files__ma__consent') }}

),

final as (

    select
        {{ entity_select('ma__consent', held=[
            'event_id', 'subject_id', 'subject_type', 'channel', 'action', 'subscription_id', 'occurred_at',
        ]) }}
    from hubspot
    union all
    select
        {{ entity_select(
            'ma__consent', held=['event_id', 'subject_id', 'subject_type', 'channel', 'action', 'occurred_at'],
        ) }}
    from marketo
    union all
    select
        {{ entity_select('ma__consent', renamed={
            'channel': 'channel_code', 'purpose_code': 'known_purpose', 'action': 'lower_action',
        }) }}
    from files

)

select * from final
