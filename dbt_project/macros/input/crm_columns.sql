{#- DOMAIN.md §4.1 -#}
{% macro crm_columns() %}
    {{ return({
        'crm__account': {
            'account_id': 'text', 'corporate_number': 'text', 'invoice_registration_number': 'text', 'name': 'text',
            'name_kana': 'text', 'name_en': 'text', 'legal_form': 'text', 'parent_account_id': 'text',
            'industry_code': 'text', 'industry_name': 'text', 'employee_count': 'integer', 'annual_sales': 'money',
            'capital': 'money', 'listing_market': 'text', 'postal_code': 'text', 'prefecture_code': 'text',
            'city': 'text', 'address_line': 'text', 'phone': 'text', 'website_domain': 'text',
            'fiscal_closing_month': 'integer', 'billing_closing_day': 'integer', 'payment_month_offset': 'integer',
            'payment_day': 'integer', 'culture_code': 'text', 'culture_note': 'text', 'goal_note': 'text',
            'issue_note': 'text', 'responsibility_scope': 'text', 'status': 'text', 'touch_model_override': 'text',
            'csm_owner_id': 'text', 'sales_owner_id': 'text', 'created_at': 'instant', 'updated_at': 'instant',
        },
        'crm__contact': {
            'contact_id': 'text', 'account_id': 'text', 'last_name': 'text', 'first_name': 'text',
            'last_name_kana': 'text', 'first_name_kana': 'text', 'email': 'text', 'phone': 'text', 'mobile': 'text',
            'birth_date': 'date', 'gender': 'text', 'age_band': 'text', 'marital_status': 'text',
            'has_children': 'boolean', 'education': 'text', 'job_title': 'text', 'department': 'text',
            'job_function': 'text', 'is_decision_maker': 'boolean', 'income_band': 'text', 'asset_band': 'text',
            'disposable_income_band': 'text', 'free_time_band': 'text', 'home_prefecture_code': 'text',
            'home_city': 'text', 'housing_type': 'text', 'household_type': 'text', 'work_prefecture_code': 'text',
            'rail_line': 'text', 'nearest_station': 'text', 'transport_mode': 'text', 'hobby_codes': 'text',
            'value_codes': 'text', 'primary_device': 'text', 'primary_media': 'text',
            'created_at': 'instant', 'updated_at': 'instant',
        },
        'crm__product': {
            'product_id': 'text', 'sku': 'text', 'name': 'text', 'product_family_id': 'text', 'category_l': 'text',
            'category_m': 'text', 'category_s': 'text', 'taste_color': 'text', 'taste_pattern': 'text',
            'taste_shape': 'text', 'taste_texture': 'text', 'taste_size': 'text', 'brand': 'text', 'character': 'text',
            'plan_tier': 'text', 'is_recurring': 'boolean', 'tax_category': 'text', 'is_active': 'boolean',
            'created_at': 'instant', 'updated_at': 'instant',
        },
        'crm__contract': {
            'contract_id': 'text', 'account_id': 'text', 'contract_no': 'text', 'start_date': 'date',
            'end_date': 'date', 'auto_renew': 'boolean', 'notice_deadline': 'date', 'previous_contract_id': 'text',
            'signed_at': 'instant', 'status': 'text', 'cancel_notice_date': 'date', 'churn_reason_code': 'text',
            'churn_reason_text': 'text', 'target_cadence_days': 'integer',
            'created_at': 'instant', 'updated_at': 'instant',
        },
        'crm__subscription_line': {
            'line_id': 'text', 'account_id': 'text', 'contract_id': 'text', 'product_id': 'text', 'quantity': 'number',
            'amount_total_ex_tax': 'amount', 'start_date': 'date', 'end_date': 'date', 'charge_type': 'text',
            'billing_period': 'text', 'list_price_ex_tax': 'money', 'discount_rate': 'rate', 'currency': 'text',
            'fx_rate_fixed': 'exchange_rate', 'created_at': 'instant', 'updated_at': 'instant',
        },
        'crm__order': {
            'order_id': 'text', 'account_id': 'text', 'contact_id': 'text', 'order_date': 'date', 'status': 'text',
            'sales_channel': 'text', 'shipping_prefecture_code': 'text',
            'created_at': 'instant', 'updated_at': 'instant',
        },
        'crm__order_line': {
            'order_line_id': 'text', 'order_id': 'text', 'product_id': 'text', 'quantity': 'number',
            'unit_price_net_ex_tax': 'money', 'list_price_ex_tax': 'money', 'amount_ex_tax': 'money',
            'tax_rate': 'rate', 'is_sale': 'boolean', 'returned_quantity': 'number', 'charge_type': 'text',
            'created_at': 'instant', 'updated_at': 'instant',
        },
    }) }}
{% endmacro %}
