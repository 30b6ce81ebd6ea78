{{ config(materialized='incremental', incremental_strategy='replace_keys', unique_key='account_id') }}
-- THE mapping account → customer. An incremental build writes only the accounts whose mapping has changed, with the
-- customer before, so that facts know what to rebuild; an account that has vanished stays, mapped to the unknown
-- customer (docs/domain/customers.md#unknown-customer). Companies are matched with all others, so that this one model
-- is compared whole.
with match as (

    select * from {{ ref('int_company_match') }}

),

match_method as (

    select match_method, match_confidence from {{ ref('match_method') }}

),

mapping as (

    select
        match.account_id,
        {% if var('test_accounts') -%}
        -- one record of it is named a test: the customer is none (docs/domain/customers.md#test-accounts)
        case
            when max(case when {{ is_test_account('match.account_id') }} then 1 else 0 end)
                over (partition by match.anchor_account_id) = 1 then 'test_'
            else 'c_'
        end
        {%- else -%} 'c_' {%- endif %} || substr(md5(match.anchor_account_id), 1, 16) as customer_key,
        match.match_method,
        match_method.match_confidence
    from match
    inner join match_method on match.match_method = match_method.match_method
    {%- if is_incremental() %}
    union all
    select
        account_id,
        'unknown' as customer_key,
        'none' as match_method,
        0 as match_confidence
    from {{ this }}
    where account_id not in (select match.account_id from match)
    {%- endif %}

),

final as (

    select
        mapping.account_id,
        mapping.customer_key,
        mapping.match_method,
        cast(mapping.match_confidence as decimal(3, 2)) as match_confidence,
        {%- if is_incremental() %}
        coalesce(built.customer_key, 'unknown') as previous_customer_key,
        {%- else %}
        'unknown' as previous_customer_key,
        {%- endif %}
        {{ var('build_id') }} as _build_id
    from mapping
    {%- if is_incremental() %}
    left join {{ this }} as built on mapping.account_id = built.account_id
    where mapping.customer_key is distinct from built.customer_key
        or mapping.match_method is distinct from built.match_method
        or mapping.match_confidence is distinct from built.match_confidence
    {%- endif %}

)

select * from final
