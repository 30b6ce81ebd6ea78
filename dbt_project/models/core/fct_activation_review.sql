-- grain: customer × process: the newest judgement of its customer success manager, beside the level worked out for that
-- day (docs/domain/activation.md#validation)
with review as (

    select * from {{ ref('int_activation_review') }}

),

position as (

    select * from {{ ref('int_activation_position') }}

),

-- a judgement that names no process is one of the customer's furthest, as everywhere of several processes
matched as (

    select
        review.review_id,
        review.customer_key,
        coalesce(review.process_id, position.process_id) as process_id,
        review.review_date,
        review.csm_level,
        position.activation_level,
        position.definition_version
    from review
    left join position
        on review.customer_key = position.customer_key
        and review.review_date = position.evaluated_on
        and coalesce(review.process_id = position.process_id, true)
    qualify row_number() over (
        partition by review.review_id order by position.activation_level desc nulls last, position.process_id asc
    ) = 1

),

-- of two judgements, one of which names the process that the other stands for, the newest
newest as (

    select * from matched
    qualify row_number() over (
        partition by customer_key, process_id order by review_date desc, review_id desc
    ) = 1

),

final as (

    select
        review_id,
        customer_key,
        process_id,
        review_date,
        cast(csm_level as smallint) as csm_level,
        activation_level,
        cast(activation_level - csm_level as smallint) as level_difference,
        definition_version
    from newest

)

select * from final
