{{ config(materialized='view') }}

-- An organisation's currencies with the rates they have had: Salesforce keeps only the newest, the lake the others, each
-- from the day it was set (docs/domain/revenue.md#currency).
select
    IsoCode as currency,
    {{ read_text('ConversionRate', 'exchange_rate') }} as conversion_rate,
    {{ read_text('IsCorporate', 'boolean') }} as is_corporate,
    {{ local_date(read_text('SystemModstamp', 'instant')) }} as start_date
from {{ source('raw', 'salesforce__currency_type') }}
where not _is_deleted and {{ is_in_view('salesforce__currency_type', var('as_of_date')) }}
qualify row_number() over (
    partition by IsoCode, {{ local_date(read_text('SystemModstamp', 'instant')) }}
    order by {{ version_time('salesforce__currency_type') }} desc, _extracted_at desc, _row desc
) = 1
