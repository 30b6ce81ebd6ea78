{{ config(materialized='view') }}
-- What links that have changed their meaning since the last build name now. None in a full build.
select distinct record_id
from {{ ref('int_record_id') }}
where _build_id = {{ var('build_id') }} and {{ is_later_build() }}
