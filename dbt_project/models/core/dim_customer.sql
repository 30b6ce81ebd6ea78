-- One row per company, and one for everything whose account is unknown (docs/domain/customers.md#unknown-customer).
with company as (

    select * from {{ ref('int_customer_company') }}
    where record_rank = 1

),

company_name as (

    select * from {{ ref('int_company_name') }}

),

profile as (

    select * from {{ ref('int_customer_profile') }}

),

standing as (

    select * from {{ ref('int_customer_standing') }}

),

parent as (

    select account_id, customer_key from {{ ref('int_customer_identity') }}
    where customer_key <> 'unknown'

),

customer as (

    select customer_key, account_id, coalesce(company_name, account_id) as customer_name from company
    union all
    select 'unknown' as customer_key, null as account_id, 'Unknown / 不明' as customer_name

),

final as (

    select
        customer.customer_key,
        customer.customer_name,
        company_name.company_name_normalised as customer_name_normalised,
        profile.customer_name_kana,
        company_name.legal_form,
        coalesce(company_name.legal_form_position, '無') as legal_form_position,
        profile.corporate_number,
        profile.is_corporate_number_valid,
        case
            when {{ is_test_customer('customer.customer_key') }} then 'test'
            else coalesce(standing.customer_status, 'prospect')
        end as customer_status,
        coalesce(profile.is_blacklisted, false) as is_blacklisted,
        profile.industry_code,
        profile.industry_name,
        profile.employee_count,
        profile.employee_band,
        profile.known_annual_sales as annual_sales,
        profile.sales_band,
        coalesce(profile.known_prefecture_code, '00') as prefecture_code,
        coalesce(profile.region_code, 'unknown') as region_code,
        profile.city,
        profile.fiscal_closing_month,
        profile.billing_closing_day,
        profile.payment_terms_code,
        {{ touch_model('coalesce(standing.arr, 0)', 'profile.known_touch_model_override') }} as touch_model,
        profile.known_touch_model_override is not null as is_touch_model_override,
        profile.csm_owner_id as csm_owner_key,
        profile.sales_owner_id as sales_owner_key,
        nullif(parent.customer_key, customer.customer_key) as parent_customer_key,
        standing.first_contract_date,
        case when standing.customer_status = 'churned' and not {{ is_test_customer('customer.customer_key') }} then standing.contract_ended_date end as churn_date,
        profile.culture_code
    from customer
    left join company_name on customer.account_id = company_name.account_id
    left join profile on customer.customer_key = profile.customer_key
    left join standing on customer.customer_key = standing.customer_key
    left join parent on profile.parent_account_id = parent.account_id

)

select * from final
