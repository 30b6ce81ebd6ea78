select
    {{ entity_select('product__feature_use') }}
from {{ ref('stg_files__product__feature_use') }}
