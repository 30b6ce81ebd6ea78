{{ config(materialized='incremental', incremental_strategy='replace_keys', unique_key='account_id') }}
-- THE mapping account → customer. An incremental build writes only the accounts whose mapping has changed, so
-- `_build_id` tells facts what to rebuild; an account that has vanished stays, mapped to the unknown customer (§0.1).
with match as (

    select * from {{ ref('int_company_match') }}

),

match_method as (

    select match_method, match_confidence from {{ ref('match_method') }}

),

mapping as (

    select
        match.account_id,
        'c_' || substr(md5(match.anchor_account_id), 1, 16) as customer_key,
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

changed as (

    select account_id, customer_key, match_method, match_confidence from mapping
    {%- if is_incremental() %}
    except
    select account_id, customer_key, match_method, match_confidence from {{ this }}
    {%- endif %}

),

final as (

    select
        account_id,
        customer_key,
        match_method,
        cast(match_confidence as decimal(3, 2)) as match_confidence,
        {{ var('build_id') }} as _build_id
    from changed

)

select * from final
