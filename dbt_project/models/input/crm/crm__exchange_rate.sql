-- What a unit of a currency is worth in ours, from a day on (docs/domain/revenue.md#currency). Salesforce gives units of
-- each currency for one of the organisation's corporate currency, so theirs is converted by way of it.
with dated as (

    select * from {{ ref('stg_salesforce__dated_conversion_rate') }}
    qualify row_number() over (partition by currency, start_date order by updated_at desc, rate_id asc) = 1

),

currency_type as (

    select * from {{ ref('stg_salesforce__currency_type') }}

),

corporate as (

    select currency from currency_type
    where is_corporate
    qualify row_number() over (order by start_date desc, currency asc) = 1

),

-- An undated rate is used where the currency has no dated one, from the day it was set.
conversion as (

    select currency, start_date, conversion_rate from dated
    where currency not in (select currency from corporate)
    union all
    select currency, start_date, conversion_rate from currency_type
    where currency not in (select currency from dated) and currency not in (select currency from corporate)
    union all
    select currency, cast('1900-01-01' as date), cast(1 as decimal(18, 8)) from corporate

),

span as (

    select
        *,
        cast(cast(conversion_rate as decimal(28, 8)) * 100000000 as {{ big_integer() }}) as units,
        coalesce(lead(start_date) over (partition by currency order by start_date), {{ far_future() }}) as next_date
    from conversion

),

salesforce as (

    select
        theirs.currency as from_currency,
        greatest(theirs.start_date, ours.start_date) as rate_date,
        try_cast(
            cast({{ integer_divide('200000000 * ours.units + theirs.units', '2 * theirs.units') }} as decimal(29, 0))
            * cast(0.00000001 as decimal(8, 8)) as decimal(18, 8)
        ) as rate
    from span as theirs
    inner join span as ours on theirs.start_date < ours.next_date and ours.start_date < theirs.next_date
    where ours.currency = '{{ var("reporting_currency") }}' and theirs.currency <> ours.currency

),

files as (

    select {{ currency_of('from_currency') }} as from_currency, rate_date, rate
    from {{ ref('stg_files__crm__exchange_rate') }}
    qualify row_number() over (
        partition by {{ currency_of('from_currency') }}, rate_date order by _source_file desc, _row desc
    ) = 1

),

final as (

    select * from salesforce
    union all
    select files.*
    from files
    left join salesforce on files.from_currency = salesforce.from_currency and files.rate_date = salesforce.rate_date
    where salesforce.from_currency is null and files.from_currency <> '{{ var("reporting_currency") }}'

)

select * from final
