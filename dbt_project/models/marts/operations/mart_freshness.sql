-- How old what people read is: each ingest area against the business date, and each table of this build, which is
-- as old as the build itself (docs/domain/conventions.md#freshness).
with area as (

    select * from {{ ref('int_area_freshness') }}

),

final as (

    select
        'ingest_' || area as mart_name,
        'area' as kind,
        last_success_as_of,
        is_connected and coalesce(last_success_as_of < {{ as_of_date() }}, true) as is_stale
    from area
    {%- for name in published_tables() %}
    union all
    select
        '{{ name }}' as mart_name,
        'mart' as kind,
        {{ as_of_date() }} as last_success_as_of,
        false as is_stale
    {%- endfor %}

)

select * from final
