with salesforce as (

    select
        *,
        trim(coalesce(last_name, '') || ' ' || coalesce(first_name, '')) as name
    from {{ ref('stg_salesforce__lead') }}

),

marketo_only as (

    select
        *,
        trim(coalesce(last_name, '') || ' ' || coalesce(first_name, '')) as name
    from {{ ref('int_marketo_lead') }}
    where known_lead_id is null and lead_id is not null

),

files as (

    select
        *,
        lower(email) as lower_email
    from {{ file_records('sfa__lead') }} as landed
    where lead_id not in (select lead_id from salesforce)

),

final as (

    select {{ entity_select('sfa__lead') }}
    from salesforce
    union all
    select
        {{ entity_select('sfa__lead', held=[
            'lead_id', 'company_name', 'name', 'email', 'phone', 'source', 'score', 'created_at', 'updated_at',
        ]) }}
    from marketo_only
    union all
    select {{ entity_select('sfa__lead', renamed={'email': 'lower_email'}) }}
    from files

)

select * from final
