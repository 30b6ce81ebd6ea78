{#- DOMAIN.md §4.2 -#}
{% macro sfa_columns() %}
    {{ return({
        'sfa__lead': {
            'lead_id': 'text', 'company_name': 'text', 'corporate_number': 'text', 'name': 'text', 'email': 'text',
            'phone': 'text', 'source': 'text', 'referrer_account_id': 'text', 'score': 'number', 'mql_at': 'instant',
            'sql_at': 'instant', 'rejection_reason': 'text', 'converted_at': 'instant', 'converted_account_id': 'text',
            'converted_contact_id': 'text', 'converted_opportunity_id': 'text', 'recycle_count': 'integer',
            'created_at': 'instant', 'updated_at': 'instant',
        },
        'sfa__opportunity': {
            'opportunity_id': 'text', 'account_id': 'text', 'name': 'text', 'type': 'text', 'stage_code': 'text',
            'amount_ex_tax': 'money', 'probability': 'rate', 'created_at': 'instant', 'expected_close_date': 'date',
            'closed_at': 'instant', 'is_won': 'boolean', 'lost_reason': 'text', 'contract_id': 'text',
            'owner_id': 'text', 'primary_campaign_id': 'text', 'updated_at': 'instant',
        },
    }) }}
{% endmacro %}

{#- DOMAIN.md §4.3 -#}
{% macro ma_columns() %}
    {{ return({
        'ma__message': {
            'delivery_id': 'text', 'campaign_id': 'text', 'scenario_id': 'text', 'node_id': 'text',
            'step_no': 'integer', 'variant_code': 'text', 'channel': 'text', 'message_type': 'text',
            'contact_id': 'text', 'planned_at': 'instant', 'sent_at': 'instant', 'is_test': 'boolean',
        },
        'ma__email_event': {
            'event_id': 'text', 'delivery_id': 'text', 'type': 'text', 'occurred_at': 'instant',
            'bounce_class': 'text', 'url': 'text', 'user_agent': 'text', 'is_machine': 'boolean',
            'contact_id': 'text',
        },
        'ma__conversion': {
            'event_id': 'text', 'contact_id': 'text', 'cv_event': 'text', 'value': 'money', 'occurred_at': 'instant',
        },
        'ma__consent': {
            'event_id': 'text', 'subject_id': 'text', 'subject_type': 'text', 'channel': 'text',
            'purpose_code': 'text', 'action': 'text', 'method': 'text', 'evidence_ref': 'text',
            'privacy_policy_version': 'text', 'source_ip': 'text', 'occurred_at': 'instant',
        },
    }) }}
{% endmacro %}
