with salesforce as (

    select
        {{ entity_select('crm__account',
            same=[
                'account_id', 'corporate_number', 'name', 'name_kana', 'parent_account_id', 'industry_name',
                'employee_count', 'annual_sales', 'postal_code', 'city', 'address_line', 'phone',
                'fiscal_closing_month', 'billing_closing_day', 'touch_model_override', 'csm_owner_id',
                'sales_owner_id', 'created_at', 'updated_at',
            ],
            expressions={'prefecture_code': 'prefecture_name', 'website_domain': 'website'},
        ) }}
    from {{ ref('stg_salesforce__account') }}
    where not is_deleted

),

files as (

    select {{ entity_select('crm__account') }}
    from {{ ref('stg_files__crm__account') }}
    where account_id not in (select account_id from salesforce)

),

unioned as (

    select * from salesforce
    union all
    select * from files

),

final as (

    select
        {{ entity_select('crm__account', expressions={
            'prefecture_code': "coalesce(spellings.prefecture_code, '00')",
            'website_domain': url_host('website_domain'),
            'status': known_code('status', ['prospect', 'active', 'churned', 'blacklist']),
            'touch_model_override': known_code('touch_model_override', ['high', 'low', 'tech']),
        }) }}
    from unioned
    left join {{ ref('stg_reference__prefecture_spelling') }} as spellings
        on lower(trim(unioned.prefecture_code)) = spellings.spelling

)

select * from final
