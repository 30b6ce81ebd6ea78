{{ config(materialized='view') }}
-- One row: which feeds are connected. Without its feed a count is null, not 0 (DOMAIN.md §0.1 Customers).
select
    {{ is_connected('crm__order_line', 'salesforce') }}
        or ({{ var('rfm_include_subscription') | lower }} and {{ is_connected('crm__subscription_line', 'salesforce') }})
        as has_purchases,
    {{ is_connected('sfa__opportunity', 'salesforce') }} as has_opportunities,
    {{ is_connected('support__ticket', 'zendesk') }} as has_tickets,
    {{ is_connected('support__csat_response') }} as has_csat,
    {{ is_connected('ma__email_event', 'hubspot') }} as has_emails
