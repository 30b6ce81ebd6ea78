-- grain: score × paying customer × as_of_date; the scores as they stood on a day, kept as they were published
-- (docs/domain/activation.md#proof)
with score_month as (

    select * from {{ ref('int_score_month') }}
    where month = {{ month_of(as_of_date()) }}

),

final as (

    select
        score_code,
        customer_key,
        {{ as_of_date() }} as as_of_date,
        score_value,
        low_since,
        mrr,
        days_to_renewal
    from score_month

)

select * from final
