{{ config(materialized='view') }}
-- Up to which business date each ingest area is committed: to the least advanced of its objects that are required or
-- were ever loaded. An object of which something is missing was whole the day before. An area without any such object is switched off: no vendor offers it, no file was dropped for it
-- (docs/domain/conventions.md#freshness).
{%- set systems = "'" ~ var('systems') | join("', '") ~ "'" %}
with source_object as (

    select * from {{ ref('stg_ops__source_object') }}

),

loaded as (

    select source, object, max(business_date) as last_business_date
    from {{ ref('stg_ops__load') }}
    where business_date <= {{ as_of_date() }}
    group by source, object

),

missing as (

    select source, object, min(business_date) as missing_since
    from {{ ref('stg_ops__finding') }}
    where business_date <= {{ as_of_date() }}
    group by source, object

),

object_state as (

    select
        source_object.area,
        case
            when missing.missing_since <= loaded.last_business_date
                then cast({{ dbt.dateadd('day', -1, 'missing.missing_since') }} as date)
            else loaded.last_business_date
        end as last_business_date,
        source_object.source in ({{ systems }})
        and (source_object.is_required or loaded.object is not null) as is_expected
    from source_object
    left join loaded
        on source_object.source = loaded.source
        and source_object.object = loaded.object
    left join missing
        on source_object.source = missing.source
        and source_object.object = missing.object

),

final as (

    select
        area,
        max(case when is_expected then 1 else 0 end) = 1 as is_connected,
        -- never loaded though required: there is no date to which the area is complete
        case
            when max(case when is_expected and last_business_date is null then 1 else 0 end) = 0
                then min(case when is_expected then last_business_date end)
        end as last_success_as_of
    from object_state
    group by area

)

select * from final
