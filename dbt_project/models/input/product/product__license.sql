select
    {{ entity_select('product__license') }}
from {{ file_records('product__license') }} as landed
union all
select
    {{ entity_select('product__license') }}
from {{ ref('stg_database__product__license') }}
