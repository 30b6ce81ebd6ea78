-- How old what people read is: each ingest area and each feed of it against the business date, and each table of this
-- build, which is as old as the build itself (docs/domain/conventions.md#freshness).
with area as (

    select * from {{ ref('int_area_freshness') }}

),

feed as (

    select * from {{ ref('int_feed_freshness') }}

),

final as (

    select
        'ingest_' || area as mart_name,
        'area' as kind,
        cast(null as {{ dbt.type_string() }}) as frequency,
        last_success_as_of,
        is_stale,
        is_overdue
    from area
    union all
    select
        source || '.' || object as mart_name,
        'feed' as kind,
        frequency,
        last_success_as_of,
        is_stale,
        is_overdue
    from feed
    {%- for name in published_tables() %}
    union all
    select
        '{{ name }}' as mart_name,
        'mart' as kind,
        null as frequency,
        {{ as_of_date() }} as last_success_as_of,
        false as is_stale,
        false as is_overdue
    {%- endfor %}

)

select * from final
