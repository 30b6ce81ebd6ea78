with salesforce as (

    select * from {{ ref('stg_salesforce__opportunity_history') }}

),

files as (

    select
        *,
        _source_file || '#' || row_number() over (partition by _source_file order by _row) as event_id
    from {{ file_records('sfa__opportunity_stage_history') }} as landed

),

final as (

    select event_id, {{ entity_select('sfa__opportunity_stage_history') }}
    from salesforce
    union all
    select event_id, {{ entity_select('sfa__opportunity_stage_history') }}
    from files

)

select * from final
