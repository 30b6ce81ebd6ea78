-- Conservation: every row of the newest content of each file dropped by the business date is a row of the feed, equal
-- rows included (a content without rows has landed as one deleted row); so is every current row of the product
-- database's table.
with newest_files as (

    select _source_file, max(_load_id) as _load_id
    from {{ source('raw', 'files__product__feature_use') }}
    where {{ is_in_view('files__product__feature_use', var('as_of_date')) }}
    group by _source_file

),

dropped as (

    select count(*) as row_count, sum({{ read_text('raw.uses', 'integer') }}) as uses
    from {{ source('raw', 'files__product__feature_use') }} as raw
    inner join newest_files
        on raw._source_file = newest_files._source_file and raw._load_id = newest_files._load_id
    where not raw._is_deleted

),

queried as (

    select count(*) as row_count, sum(uses) as uses from {{ ref('stg_database__product__feature_use') }}

),

landed as (

    select
        dropped.row_count + queried.row_count as row_count,
        coalesce(dropped.uses, 0) + coalesce(queried.uses, 0) as uses
    from dropped
    cross join queried

),

modelled as (

    select count(*) as row_count, sum(uses) as uses from {{ ref('product__feature_use') }}

)

select
    landed.row_count as landed_rows,
    modelled.row_count as modelled_rows,
    landed.uses as landed_uses,
    modelled.uses as modelled_uses
from landed
cross join modelled
where landed.row_count <> modelled.row_count or landed.uses <> coalesce(modelled.uses, 0)
