{{ config(materialized='view') }}
-- One row: which feeds are connected. Without its feed a count is null, not 0 (DOMAIN.md §0.1 Customers).
select
    {{ is_connected('crm__order_line', 'salesforce', 'OrderItem') }}
        or (
            {{ var('rfm_include_subscription') | lower }}
            and {{ is_connected('crm__subscription_line', 'salesforce', 'OrderItem') }}
        ) as has_purchases,
    {{ is_connected('sfa__opportunity', 'salesforce', 'Opportunity') }} as has_opportunities,
    {{ is_connected('support__ticket', 'zendesk', 'tickets') }} as has_tickets,
    {{ is_connected('support__csat_response') }} as has_csat,
    {{ is_connected('ma__email_event', 'hubspot', 'email_events') }} as has_emails
