-- Every id of a company or person in a source system and the customer it stands for
-- (docs/domain/customers.md#matching). Without matched_at: when a match was first made depends on when builds ran, not
-- on the data.
with company as (

    select * from {{ ref('int_company') }}

),

person as (

    select * from {{ ref('int_person_match') }}

),

identity as (

    select * from {{ ref('int_customer_identity') }}

),

match_method as (

    select match_method, match_confidence from {{ ref('match_method') }}

),

source_id as (

    select
        source_system,
        'account' as id_type,
        source_id,
        cast(null as {{ dbt.type_string() }}) as contact_id,
        account_id,
        cast(null as {{ dbt.type_string() }}) as own_method
    from company
    union all
    select
        'crm' as source_system, 'account' as id_type, account_id as source_id, null as contact_id, account_id,
        null as own_method
    from {{ ref('int_merged_account') }}
    union all
    select source_system, id_type, source_id, contact_id, account_id, match_method as own_method
    from person

),

-- A record is matched the way it was itself, else the way its account was.
resolved as (

    select
        source_id.source_system,
        source_id.id_type,
        source_id.source_id,
        coalesce(identity.customer_key, 'unknown') as customer_key,
        case when source_id.contact_id is not null then {{ surrogate_key(['source_id.contact_id']) }} end
            as contact_key,
        case
            when source_id.contact_id is null and coalesce(identity.customer_key, 'unknown') = 'unknown' then 'none'
            else coalesce(source_id.own_method, identity.match_method)
        end as match_method
    from source_id
    left join identity on source_id.account_id = identity.account_id

),

final as (

    select
        resolved.source_system,
        resolved.id_type,
        resolved.source_id,
        resolved.customer_key,
        resolved.contact_key,
        resolved.match_method,
        match_method.match_confidence
    from resolved
    inner join match_method on resolved.match_method = match_method.match_method

)

select * from final
