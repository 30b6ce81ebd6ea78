select
    {{ entity_select('product__feature_use') }}
from {{ ref('stg_files__product__feature_use') }}
union all
select
    {{ entity_select('product__feature_use') }}
from {{ ref('stg_database__product__feature_use') }}
