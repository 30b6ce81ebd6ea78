{#- DOMAIN.md §4.4; driver_tags and ticket_external_id by §0.1 -#}
{% macro support_columns() %}
    {{ return({
        'support__ticket': {
            'ticket_id': 'text', 'account_id': 'text', 'contact_id': 'text', 'channel': 'text',
            'created_at': 'instant', 'status': 'text', 'priority': 'text', 'category_code': 'text',
            'is_complaint': 'boolean', 'created_by_role': 'text', 'merged_into': 'text', 'is_spam': 'boolean',
            'description': 'text', 'updated_at': 'instant',
        },
        'support__ticket_event': {
            'ticket_id': 'text', 'type': 'text', 'from_status': 'text', 'to_status': 'text', 'is_public': 'boolean',
            'actor_role': 'text', 'occurred_at': 'instant',
        },
        'support__csat_response': {
            'response_id': 'text', 'ticket_id': 'text', 'contact_id': 'text', 'score': 'integer',
            'scale_max': 'integer', 'question_code': 'text', 'comment': 'text', 'responded_at': 'instant',
            'driver_tags': 'text', 'ticket_external_id': 'text',
        },
    }) }}
{% endmacro %}

{#- DOMAIN.md §4.5; churn_interview by §0.1 -#}
{% macro success_columns() %}
    {{ return({
        'success__nps_response': {
            'response_id': 'text', 'wave_id': 'text', 'account_id': 'text', 'contact_id': 'text', 'score': 'integer',
            'comment': 'text', 'sent_at': 'instant', 'responded_at': 'instant', 'driver_tags': 'text',
        },
        'success__churn_interview': {
            'interview_id': 'text', 'account_id': 'text', 'churn_date': 'date', 'reason_code': 'text',
            'refund_amount': 'money', 'comment': 'text',
        },
    }) }}
{% endmacro %}

{#- DOMAIN.md §4.6; columns of the files by TENANT.md -#}
{% macro product_columns() %}
    {{ return({
        'product__feature_use': {
            'use_id': 'text', 'account_id': 'text', 'user_id': 'text', 'subscription_id': 'text', 'use_date': 'date',
            'feature_code': 'text', 'uses': 'integer', 'duration_seconds': 'integer', 'errors': 'integer',
            'is_beta': 'boolean',
        },
        'product__login_event': {
            'event_id': 'text', 'account_id': 'text', 'user_id': 'text', 'occurred_at': 'instant', 'ip_hash': 'text',
            'device_type': 'text',
        },
    }) }}
{% endmacro %}

{#- DOMAIN.md §4.7 -#}
{% macro process_columns() %}
    {{ return({
        'process__content_item': {
            'item_id': 'text', 'account_id': 'text', 'process_id': 'text', 'content_type': 'text',
            'title_hash': 'text', 'planned_publish_date': 'date', 'interview_date': 'date', 'cancelled_at': 'instant',
            'created_at': 'instant', 'updated_at': 'instant',
        },
        'process__stage_event': {
            'event_id': 'text', 'item_id': 'text', 'stage_code': 'text', 'event': 'text', 'achieved_at': 'instant',
            'actor_role': 'text',
        },
    }) }}
{% endmacro %}
