{{ config(materialized='view') }}

-- grain: source × closed opportunity; who owned it when it closed (docs/domain/service.md#past-and-present): the owner in
-- the first version that landed since it was last open.
with version as (

    select
        *,
        max(case when not is_closed then version_time end) over (partition by source_system, opportunity_id) as last_open
    from {{ ref('stg_versions__opportunity') }}

)

select source_system, opportunity_id, owner_id
from version
where is_closed and version_time > coalesce(last_open, '')
qualify row_number() over (partition by source_system, opportunity_id order by version_time) = 1
