{{ config(materialized='view') }}
-- How old each feed is that is required, was ever loaded or is to come by tenant.yml, against how often it is to come:
-- late once the next one is due, overdue once two are (docs/domain/conventions.md#freshness). A dropped feed of which the
-- company says how often it comes is as old as its newest drop, any other as its last extraction. A feed of which
-- something is missing was whole the day before.
{%- set systems = "'" ~ var('systems') | join("', '") ~ "'" %}
{%- set promised = var('file_frequency') %}
with source_object as (

    select
        source,
        object,
        area,
        is_required,
        {%- if promised %}
        source = 'files' and object in ('{{ promised | join("', '") }}') as is_promised,
        case
            {%- for object, frequency in promised.items() %}
            when source = 'files' and object = '{{ object }}' then '{{ frequency }}'
            {%- endfor %}
            else frequency
        end as frequency
        {%- else %}
        false as is_promised,
        frequency
        {%- endif %}
    from {{ ref('stg_ops__source_object') }}

),

loaded as (

    select source, object, max(business_date) as last_business_date, max(newest_drop) as newest_drop
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

dated as (

    select
        source_object.*,
        case when source_object.is_promised then loaded.newest_drop else loaded.last_business_date end as last_date,
        missing.missing_since
    from source_object
    left join loaded on source_object.source = loaded.source and source_object.object = loaded.object
    left join missing on source_object.source = missing.source and source_object.object = missing.object
    where source_object.source in ({{ systems }})
        and (source_object.is_required or source_object.is_promised or loaded.object is not null)

),

aged as (

    select
        *,
        case
            when missing_since <= last_date then cast({{ dbt.dateadd('day', -1, 'missing_since') }} as date)
            else last_date
        end as last_success_as_of,
        case frequency when 'weekly' then 7 when 'monthly' then 31 when 'quarterly' then 92 else 1 end as period_days
    from dated

),

final as (

    select
        source,
        object,
        area,
        is_promised,
        frequency,
        last_success_as_of,
        coalesce({{ dbt.datediff('last_success_as_of', as_of_date(), 'day') }} >= period_days, true) as is_stale,
        coalesce({{ dbt.datediff('last_success_as_of', as_of_date(), 'day') }} > 2 * period_days, true) as is_overdue
    from aged

)

select * from final
