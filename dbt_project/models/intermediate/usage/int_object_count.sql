{{ config(materialized='view') }}

-- grain: account × kind of records × day of counting, in complete weeks; a count told twice counts once, the largest
-- (docs/domain/activation.md#usage)

with counted as (

    select
        coalesce(meant.record_id, told.account_id) as account_id,
        told.object_code,
        told.count_date,
        max(told.record_count) as record_count,
        max(told.created) as created,
        max(told.updated) as updated
    from {{ ref('product__object_count') }} as told
    left join {{ ref('int_record_id') }} as meant on told.account_id = meant.given_id
    group by coalesce(meant.record_id, told.account_id), told.object_code, told.count_date

),

identity as (

    select * from {{ ref('int_customer_identity') }}

),

final as (

    select
        coalesce(identity.customer_key, 'unknown') as customer_key,
        counted.*,
        {{ week_end_of('counted.count_date') }} as week_end
    from counted
    left join identity on counted.account_id = identity.account_id
    where {{ week_end_of('counted.count_date') }} <= {{ last_week_end() }}
        and not {{ is_test_customer("coalesce(identity.customer_key, 'unknown')") }}

)

select * from final
