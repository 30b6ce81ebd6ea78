{{ config(materialized='view') }}

-- grain: period of a customer's licences that has begun, told from the first business date on
-- (docs/domain/activation.md#usage)

with license as (

    select * from {{ ref('product__license') }}

),

identity as (

    select * from {{ ref('int_customer_identity') }}

),

final as (

    select
        license.license_id,
        coalesce(identity.customer_key, 'unknown') as customer_key,
        license.valid_from,
        greatest(
            {{ week_end_of('license.valid_from') }}, {{ week_end_of("cast('" ~ var('first_business_date') ~ "' as date)") }}
        ) as first_week_end,
        least(coalesce(license.valid_to, {{ last_week_end() }}), {{ last_week_end() }}) as last_day,
        license.purchased,
        license.assigned,
        license.activated
    from license
    left join identity on license.account_id = identity.account_id
    where {{ week_end_of('license.valid_from') }} <= {{ last_week_end() }}
        and not {{ is_test_customer("coalesce(identity.customer_key, 'unknown')") }}

)

select * from final
