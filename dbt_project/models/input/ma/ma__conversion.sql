-- Forms that were sent, pages that people of Marketo's visited, and what files call a conversion: what a campaign counts as
-- one, its cv_event says (docs/domain/campaigns.md#conversions).
with hubspot as (

    select
        'hubspot:' || submission.submission_id as event_id,
        recipient.contact_id,
        'form_submission' as cv_event,
        submission.form_id as asset_id,
        submission.occurred_at,
        greatest(submission._build_id, coalesce(recipient._build_id, 0)) as _build_id
    from {{ ref('stg_hubspot__form_submissions') }} as submission
    left join {{ ref('int_hubspot_recipient') }} as recipient on submission.email = recipient.email

),

marketo as (

    select
        'marketo:' || activity.activity_id as event_id,
        person.contact_id,
        case activity.activity_type_id when 2 then 'form_submission' else 'page_visit' end as cv_event,
        activity.asset_id,
        activity.occurred_at,
        greatest(activity._build_id, coalesce(person._build_id, 0)) as _build_id
    from {{ ref('stg_marketo__activities') }} as activity
    left join {{ ref('int_marketo_person') }} as person on activity.marketo_lead_id = person.marketo_lead_id
    where activity.activity_type_id in (1, 2)

),

final as (

    {%- for vendor in ['hubspot', 'marketo'] %}
    select {{ entity_select('ma__conversion', held=['event_id', 'contact_id', 'cv_event', 'asset_id', 'occurred_at']) }}
    from {{ vendor }}
    union all
    {%- endfor %}
    select {{ entity_select('ma__conversion') }}
    from {{ file_records('ma__conversion') }} as landed

)

select * from final
