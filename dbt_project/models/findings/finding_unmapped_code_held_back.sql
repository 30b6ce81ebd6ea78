-- Whether it recurs, or what the amount covers, is unknown, so it is in no MRR (docs/domain/conventions.md#codes).
select source, object, place, column_name, key, amount, currency
from {{ ref('int_unmapped_code') }}
where object = 'crm__subscription_line'
