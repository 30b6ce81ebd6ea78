{{ config(meta={'touched': {'rate_id': "{{ loaded_since('salesforce__dated_conversion_rate') }}"}}) }}

with source as (

    {{ current_records('salesforce__dated_conversion_rate') }}

)

select
    Id as rate_id,
    IsoCode as currency,
    ConversionRate as conversion_rate,
    StartDate as start_date,
    SystemModstamp as updated_at,
    {{ var('build_id') }} as _build_id
from source
