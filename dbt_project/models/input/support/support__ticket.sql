-- Contents of tickets are not carried: description stays empty for Zendesk.
with tickets as (

    select * from {{ ref('stg_zendesk__tickets') }}
    where not is_deleted

),

organizations as (

    select * from {{ ref('stg_zendesk__organizations') }}

),

users as (

    select * from {{ ref('stg_zendesk__users') }}

),

linked as (

    select
        tickets.*,
        organizations.account_id,
        requesters.external_id as contact_id,
        case coalesce(submitters.role, requesters.role)
            when 'end_user' then 'end_user'
            when 'agent' then 'agent'
            else 'other'
        end as created_by_role,
        greatest(
            tickets._build_id, coalesce(organizations._build_id, 0),
            coalesce(requesters._build_id, 0), coalesce(submitters._build_id, 0)
        ) as latest_build_id
    from tickets
    left join organizations on tickets.organization_id = organizations.organization_id
    left join users as requesters on tickets.requester_id = requesters.user_id
    left join users as submitters on tickets.submitter_id = submitters.user_id

),

zendesk as (

    select
        {{ entity_select('support__ticket',
            same=[
                'ticket_id', 'account_id', 'contact_id', 'created_at', 'category_code', 'is_complaint',
                'created_by_role', 'merged_into', 'is_spam', 'updated_at',
            ],
            expressions={
                'channel': ticket_channel('via_channel'), 'status': ticket_status('status'),
                'priority': ticket_priority('priority'),
            },
            build_id='latest_build_id',
        ) }}
    from linked

),

files as (

    select
        {{ entity_select('support__ticket', expressions={
            'channel': ticket_channel('channel'), 'status': ticket_status('status'),
            'priority': ticket_priority('priority'),
            'is_complaint': 'coalesce(is_complaint, false)', 'is_spam': 'coalesce(is_spam, false)',
            'created_by_role': known_code('created_by_role', ['end_user', 'agent']),
        }) }}
    from {{ ref('stg_files__support__ticket') }}
    where ticket_id not in (select ticket_id from zendesk)

),

final as (

    select * from zendesk
    union all
    select * from files

)

select * from final
