select
    {{ entity_select('product__object_count') }}
from {{ ref('stg_files__product__object_count') }}
union all
select
    {{ entity_select('product__object_count') }}
from {{ ref('stg_database__product__object_count') }}
