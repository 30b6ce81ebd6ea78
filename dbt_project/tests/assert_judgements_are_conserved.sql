-- Every judgement up to as_of is in the fact, or older than the window, of nobody known, of a test account, or followed by
-- a newer one of the same customer; the cross table has those that met a level.
with judged as (

    select
        review.review_id,
        review.review_date > {{ as_of_date() }} - {{ var('activation_release')['judgement_days'] }} as is_recent,
        coalesce(identity.customer_key, 'unknown') as customer_key
    from {{ ref('success__activation_review') }} as review
    left join {{ ref('int_customer_identity') }} as identity on review.account_id = identity.account_id
    where review.review_date <= {{ as_of_date() }} and review.csm_level is not null

),

fact as (

    select * from {{ ref('fct_activation_review') }}

),

lost as (

    select judged.review_id
    from judged
    left join fact on judged.customer_key = fact.customer_key
    where judged.is_recent
        and judged.customer_key <> 'unknown'
        and not {{ is_test_customer('judged.customer_key') }}
        and fact.customer_key is null

)

select 'lost' as what, review_id as detail from lost
union all
select 'not judged', review_id from fact where review_id not in (select judged.review_id from judged where judged.is_recent)
union all
select 'cross table', cast(counted.customers as {{ dbt.type_string() }})
from (
    select sum(customers) as customers from {{ ref('mart_activation_confusion') }} where as_of_date = {{ as_of_date() }}
) as counted
where coalesce(counted.customers, 0) <> (select count(*) from fact where activation_level is not null)
