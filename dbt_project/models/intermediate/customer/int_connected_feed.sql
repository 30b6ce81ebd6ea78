{{ config(materialized='view') }}
-- One row: which feeds are connected (docs/domain/conventions.md#nulls): a connected vendor offers the object, so that
-- it was loaded at least once, with or without records; else a file of it has rows. Without its feed a count is null,
-- not 0.
with feed as (

    select source || '.' || object as feed
    from {{ ref('stg_ops__load') }}
    where business_date <= {{ as_of_date() }} and source in ('{{ var("systems") | join("', '") }}')
        and source || '.' || object <> 'salesforce.Case'
    union all
    -- every organisation of Salesforce offers cases; it is one's support where there are any
    select 'salesforce.Case' as feed from {{ ref('stg_salesforce__case') }}
    where {{ ('salesforce' in var('systems')) | lower }}
    {%- for entity in [
        'crm__order_line', 'crm__subscription_line', 'sfa__opportunity', 'support__ticket', 'support__ticket_event',
        'support__csat_response', 'support__call_log', 'support__chat_session', 'support__faq_view', 'ma__email_event', 'success__cs_activity', 'success__advocacy_event', 'success__nps_response',
        'success__training_enrolment', 'success__community_member', 'success__community_event', 'success__community_post',
    ] %}
    union all
    select 'files.{{ entity }}' as feed
    from {{ ref('stg_files__' ~ entity) }}
    where {{ ('files' in var('systems')) | lower }}
    {%- endfor %}

),

purchase_feed as (

    select * from feed
    where feed in ('salesforce.OrderItem', 'files.crm__order_line')
        or (feed = 'files.crm__subscription_line' and {{ var('rfm_include_subscription') | lower }})

)

select
    (select count(*) > 0 from purchase_feed) as has_purchases,
    {%- for name, feeds in {
        'has_opportunities': ['salesforce.Opportunity', 'files.sfa__opportunity'],
        'has_tickets': ['zendesk.tickets', 'salesforce.Case', 'files.support__ticket'],
        'has_calls': ['zendesk.calls', 'database.support__call_log', 'files.support__call_log'],
        'has_chats': ['database.support__chat_session', 'files.support__chat_session'],
        'has_faq_views': ['database.support__faq_view', 'files.support__faq_view'],
        'has_csat': ['zendesk.satisfaction_ratings', 'zendesk.survey_responses', 'files.support__csat_response'],
        'has_emails': ['hubspot.email_events', 'marketo.activities', 'files.ma__email_event'],
        'has_follows': [
            'zendesk.ticket_events', 'files.support__ticket_event', 'salesforce.Task', 'salesforce.Event', 'files.success__cs_activity',
        ],
        'has_activities': ['salesforce.Task', 'salesforce.Event', 'files.success__cs_activity'],
        'has_human_contacts': [
            'zendesk.ticket_events', 'files.support__ticket_event', 'salesforce.Task', 'salesforce.Event', 'files.success__cs_activity',
            'zendesk.calls', 'database.support__call_log', 'files.support__call_log', 'database.support__chat_session',
            'files.support__chat_session',
        ],
        'has_training': ['files.success__training_enrolment'],
        'has_community_members': ['files.success__community_member'],
        'has_community_events': ['files.success__community_event'],
        'has_community_posts': ['files.success__community_post'],
        'has_recommendations': ['files.success__advocacy_event'],
        'has_advocacy': ['files.success__advocacy_event', 'files.success__nps_response'],
    }.items() %}
    (select count(*) > 0 from feed where feed in ('{{ feeds | join("', '") }}')) as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
