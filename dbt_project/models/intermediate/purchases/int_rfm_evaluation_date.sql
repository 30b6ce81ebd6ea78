{{ config(materialized='view') }}

-- The days on which RFM is worked out: as_of, and the month-ends that are not as the last build left them. Scores rank all
-- customers: a touched purchase changes its month and all later ones.
with touched as (

    select min(purchase_date) as first_date from {{ ref('int_touched_purchase') }}

),

final as (

    select month_end.month, month_end.evaluated_on
    from {{ ref('int_month_end') }} as month_end
    cross join touched
    where not {{ is_later_build() }}
        or month_end.month >= {{ month_of(last_build_date()) }}
        or month_end.evaluated_on >= touched.first_date

)

select * from final
