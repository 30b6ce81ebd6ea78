-- grain: customer × process that a judgement names: the newest of the last days (docs/domain/activation.md#validation)
with review as (

    select * from {{ ref('success__activation_review') }}
    where review_date <= {{ as_of_date() }}
        and review_date > {{ as_of_date() }} - {{ var('activation_release')['judgement_days'] }}
        and csm_level is not null

),

identity as (

    select * from {{ ref('int_customer_identity') }}

),

final as (

    select
        review.review_id,
        identity.customer_key,
        review.process_id,
        review.review_date,
        review.csm_level
    from review
    inner join identity on review.account_id = identity.account_id
    where identity.customer_key <> 'unknown' and not {{ is_test_customer('identity.customer_key') }}
    qualify row_number() over (
        partition by identity.customer_key, review.process_id
        order by review.review_date desc, length(review.review_id) desc, review.review_id desc
    ) = 1

)

select * from final
