select
    {{ entity_select('product__login_event') }}
from {{ ref('stg_files__product__login_event') }}
union all
select
    {{ entity_select('product__login_event') }}
from {{ ref('stg_database__product__login_event') }}
