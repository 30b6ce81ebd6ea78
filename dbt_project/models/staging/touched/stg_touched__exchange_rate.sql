-- Every version of the exchange rates that were loaded since the last build.
select IsoCode as currency
from {{ source('raw', 'salesforce__dated_conversion_rate') }}
where {{ is_read_again('salesforce__dated_conversion_rate') }}
union all
select IsoCode as currency
from {{ source('raw', 'salesforce__currency_type') }}
where {{ is_read_again('salesforce__currency_type') }}
union all
select {{ read_text('from_currency', 'text') }} as currency
from {{ source('raw', 'files__crm__exchange_rate') }}
where {{ is_read_again('files__crm__exchange_rate') }}
