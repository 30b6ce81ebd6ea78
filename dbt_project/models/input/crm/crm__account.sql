with salesforce as (

    select
        {{ entity_select('crm__account',
            held=[
                'account_id', 'corporate_number', 'name', 'name_kana', 'parent_account_id', 'industry_name',
                'employee_count', 'annual_sales', 'postal_code', 'city', 'address_line', 'phone',
                'fiscal_closing_month', 'billing_closing_day', 'touch_model_override', 'csm_owner_id',
                'sales_owner_id', 'currency', 'created_at', 'updated_at',
            ],
            renamed={'prefecture_code': 'prefecture_name', 'website_domain': 'website'},
        ) }}
    from {{ ref('stg_salesforce__account') }}
    where not is_deleted

),

files as (

    select {{ entity_select('crm__account') }}
    from {{ file_records('crm__account') }} as landed
    where account_id not in (select account_id from salesforce)

),

unioned as (

    select * from salesforce
    union all
    select * from files

),

coded as (

    select
        unioned.*,
        coalesce(spellings.prefecture_code, '00') as prefecture,
        {{ url_host('unioned.website_domain') }} as domain,
        {{ code_meaning('account_status', 'unioned.status') }} as status_code,
        {{ code_meaning('touch_model', 'unioned.touch_model_override') }} as touch_model,
        coalesce(
            {{ code_meaning('industry', 'unioned.industry_code', 'null') }},
            {{ code_meaning('industry', 'unioned.industry_name', 'null') }}
        ) as industry,
        {{ currency_of('unioned.currency') }} as currency_code
    from unioned
    left join {{ ref('stg_reference__prefecture_spelling') }} as spellings
        on lower(trim(unioned.prefecture_code)) = spellings.spelling

),

final as (

    select
        {{ entity_select('crm__account', renamed={
            'prefecture_code': 'prefecture', 'website_domain': 'domain', 'status': 'status_code',
            'touch_model_override': 'touch_model', 'industry_code': 'industry', 'currency': 'currency_code',
        }) }}
    from coded

)

select * from final
