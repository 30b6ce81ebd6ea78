-- Counted meanwhile, by a default (docs/domain/conventions.md#codes); place is the code, column_name its list.
select source, object, place, column_name, key, amount, currency
from {{ ref('int_unmapped_code') }}
where object <> 'crm__subscription_line'
