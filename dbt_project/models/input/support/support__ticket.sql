-- Contents of tickets are not carried: description stays empty but in files. Salesforce's cases are tickets too.
with tickets as (

    select * from {{ ref('stg_zendesk__tickets') }}
    where not is_deleted

),

zendesk as (

    select
        tickets.*,
        organizations.account_id,
        coalesce(meant.record_id, requesters.external_id) as contact_id,
        case roles.role
            when 'end_user' then 'end_user'
            when 'agent' then 'agent'
            else 'other'
        end as created_by_role,
        coalesce({{ code_meaning('ticket_channel', 'tickets.via_channel') }}, 'other') as channel,
        {{ code_meaning('ticket_status', 'tickets.status') }} as status_code,
        {{ code_meaning('ticket_priority', 'tickets.priority') }} as priority_code,
        greatest(
            tickets._build_id, coalesce(organizations._build_id, 0),
            coalesce(requesters._build_id, 0), coalesce(submitters._build_id, 0)
        ) as latest_build_id
    from tickets
    left join {{ ref('stg_zendesk__organizations') }} as organizations on tickets.organization_id = organizations.organization_id
    left join {{ ref('stg_zendesk__users') }} as requesters on tickets.requester_id = requesters.user_id
    left join {{ ref('int_record_id') }} as meant on requesters.external_id = meant.given_id
    left join {{ ref('stg_zendesk__users') }} as submitters on tickets.submitter_id = submitters.user_id
    -- what who opened it was then (docs/domain/service.md#past-and-present)
    left join {{ ref('stg_versions__zendesk_role') }} as roles
        on coalesce(submitters.user_id, requesters.user_id) = roles.user_id
        and tickets.created_at >= roles.held_from
        and tickets.created_at < roles.held_until

),

-- Salesforce says itself whether a case is closed (docs/domain/service.md#tickets-of-salesforce)
salesforce as (

    select
        *,
        cast(null as {{ dbt.type_string() }}) as created_by_role,
        coalesce({{ code_meaning('ticket_channel', 'origin') }}, 'other') as channel,
        case
            when is_closed and coalesce({{ code_meaning('ticket_status', 'status') }}, '') <> 'solved' then 'closed'
            else {{ code_meaning('ticket_status', 'status') }}
        end as status_code,
        {{ code_meaning('ticket_priority', 'priority') }} as priority_code,
        false as is_spam,
        _build_id as latest_build_id
    from {{ ref('stg_salesforce__case') }}
    where not is_deleted

),

files as (

    select
        *,
        coalesce({{ code_meaning('ticket_channel', 'channel') }}, 'other') as channel_code,
        {{ code_meaning('ticket_status', 'status') }} as status_code,
        {{ code_meaning('ticket_priority', 'priority') }} as priority_code,
        {{ known_code('created_by_role', ['end_user', 'agent']) }} as creator_code,
        coalesce(is_complaint, false) as is_known_complaint,
        coalesce(is_spam, false) as is_known_spam
    from {{ file_records('support__ticket') }} as landed
    where ticket_id not in (select ticket_id from zendesk) and ticket_id not in (select ticket_id from salesforce)

),

final as (

    {%- for vendor in ['zendesk', 'salesforce'] %}
    select
        {{ entity_select('support__ticket',
            held=[
                'ticket_id', 'account_id', 'contact_id', 'channel', 'created_at', 'category_code', 'is_complaint',
                'created_by_role', 'merged_into', 'is_spam', 'updated_at',
            ],
            renamed={'status': 'status_code', 'priority': 'priority_code', '_build_id': 'latest_build_id'},
        ) }}
    from {{ vendor }}
    union all
    {%- endfor %}
    select
        {{ entity_select('support__ticket', renamed={
            'channel': 'channel_code', 'status': 'status_code', 'priority': 'priority_code',
            'created_by_role': 'creator_code', 'is_complaint': 'is_known_complaint', 'is_spam': 'is_known_spam',
        }) }}
    from files

)

select * from final
