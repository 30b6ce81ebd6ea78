-- grain: evaluation date × customer whose activation is worked out for it; the unknown customer has no history
with evaluation_date as (

    select * from {{ ref('int_evaluation_date') }}

),

review as (

    select * from {{ ref('int_activation_review') }}

),

customer as (

    select distinct customer_key from {{ ref('int_customer_identity') }}
    where customer_key <> 'unknown'

),

final as (

    select evaluation_date.evaluated_on, evaluation_date.evaluated_until, customer.customer_key
    from evaluation_date
    cross join customer
    where evaluation_date.is_for_all
        or (
            evaluation_date.month is not null
            and customer.customer_key in (select customer_key from {{ ref('int_touched_activation') }})
        )
    union
    select evaluation_date.evaluated_on, evaluation_date.evaluated_until, review.customer_key
    from review
    inner join evaluation_date on review.review_date = evaluation_date.evaluated_on
    union all
    select evaluated_on, evaluated_until, 'unknown' as customer_key
    from evaluation_date
    where evaluated_on in ({{ as_of_date() }}, {{ as_of_date() }} - 28)

)

select * from final
