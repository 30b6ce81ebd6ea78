-- grain: customer × process: the newest judgement of its customer success manager, beside the level worked out for that
-- day (docs/domain/activation.md#validation)
with review as (

    select * from {{ ref('int_activation_review') }}

),

position as (

    select * from {{ ref('int_activation_position') }}
    where (evaluated_on, customer_key) in (select review_date, customer_key from {{ ref('int_activation_review') }})

),

furthest as (

    select * from position
    qualify row_number() over (
        partition by evaluated_on, customer_key order by activation_level desc, process_id asc
    ) = 1

),

-- a judgement that names no process is one of the customer's furthest, as everywhere of several processes
matched as (

    select
        review.review_id,
        review.customer_key,
        coalesce(review.process_id, furthest.process_id) as process_id,
        review.review_date,
        review.csm_level,
        {%- for column in ['activation_level', 'definition_version'] %}
        case when review.process_id is null then furthest.{{ column }} else named.{{ column }} end as {{ column }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from review
    left join furthest on review.review_date = furthest.evaluated_on and review.customer_key = furthest.customer_key
    left join position as named
        on review.review_date = named.evaluated_on
        and review.customer_key = named.customer_key
        and review.process_id = named.process_id

),

-- of two judgements, one of which names the process that the other stands for, the newest
newest as (

    select * from matched
    qualify row_number() over (
        partition by customer_key, process_id order by review_date desc, length(review_id) desc, review_id desc
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
