-- One row per customer: of its records' master data the first that is known, in order of trust.
{%- set columns = [
    'industry_code', 'industry_name', 'employee_count', 'known_annual_sales', 'city', 'fiscal_closing_month',
    'billing_closing_day', 'culture_code', 'csm_owner_id', 'sales_owner_id', 'parent_account_id', 'customer_name_kana',
    'known_prefecture_code', 'payment_terms_code', 'known_touch_model_override',
] %}
with company as (

    select * from {{ ref('int_customer_company') }}

),

account as (

    select * from {{ ref('crm__account') }}

),

prefecture as (

    select * from {{ ref('prefecture') }}

),

band as (

    select *, lead(at_least) over (partition by measure order by at_least) as below from {{ ref('size_band') }}

),

known as (

    select
        account.*,
        {{ convert_money('account.annual_sales', fx_rate('account.currency', 'exchange_rate.rate')) }}
            as known_annual_sales,
        company.customer_key,
        company.record_rank,
        company.corporate_number as company_number,
        company.is_corporate_number_valid,
        {{ katakana('account.name_kana') }} as customer_name_kana,
        nullif(account.prefecture_code, '00') as known_prefecture_code,
        account.billing_closing_day || '-' || account.payment_month_offset || '-' || account.payment_day
            as payment_terms_code,
        nullif(account.touch_model_override, 'other') as known_touch_model_override
    from company
    left join account on company.account_id = account.account_id
    left join {{ ref('int_exchange_rate') }} as exchange_rate
        on account.currency = exchange_rate.from_currency and exchange_rate.is_current

),

-- A valid number anywhere counts more than an invalid one on the first record.
survived as (

    select
        customer_key,
        min_by(
            company_number,
            case
                when company_number is null then null
                when is_corporate_number_valid then record_rank
                else 1000000 + record_rank
            end
        ) as corporate_number,
        max(case when is_corporate_number_valid then 1 when not is_corporate_number_valid then 0 end) = 1
            as is_corporate_number_valid,
        {%- for column in columns %}
        min_by({{ column }}, case when {{ column }} is not null then record_rank end) as {{ column }},
        {%- endfor %}
        coalesce(max(case when status = 'blacklist' then 1 else 0 end), 0) = 1 as is_blacklisted
    from known
    group by customer_key

),

final as (

    select
        survived.*,
        coalesce(prefecture.region_code, 'unknown') as region_code,
        employee_band.band as employee_band,
        sales_band.band as sales_band
    from survived
    left join prefecture on survived.known_prefecture_code = prefecture.prefecture_code
    left join band as employee_band
        on employee_band.measure = 'employee_count'
        and survived.employee_count >= employee_band.at_least
        and (survived.employee_count < employee_band.below or employee_band.below is null)
    left join band as sales_band
        on sales_band.measure = 'annual_sales'
        and survived.known_annual_sales >= sales_band.at_least
        and (survived.known_annual_sales < sales_band.below or sales_band.below is null)

)

select * from final
