select
    {{ entity_select('product__login_event') }}
from {{ ref('stg_files__product__login_event') }}
