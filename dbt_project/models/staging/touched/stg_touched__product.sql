-- Products that were loaded since the last build.
select Id as product_id
from {{ source('raw', 'salesforce__product2') }}
where {{ is_read_again('salesforce__product2') }}
union
select {{ read_text('product_id', 'id') }} as product_id
from {{ source('raw', 'files__crm__product') }}
where {{ is_read_again('files__crm__product') }}
