-- docs/domain/activation.md#breadth-and-ratios: who used the product in the last 28 days and is in no department of the list
-- of users, by account; of customers of whom some are
with identity as (

    select * from {{ ref('int_customer_identity') }}

),

listed as (

    select distinct identity.customer_key, person.user_id
    from {{ ref('product__user') }} as person
    inner join identity on person.account_id = identity.account_id
    where person.department is not null

),

seen as (

    select distinct customer_key, account_id, user_id
    from {{ ref('int_usage_activity') }}
    where week_end > {{ last_week_end() }} - 28 and user_id is not null
        and customer_key in (select customer_key from listed)

)

select
    'warehouse' as source,
    'product__user' as object,
    count(*) || ' users' as place,
    'department' as column_name,
    seen.account_id as key,
    cast(null as decimal(18, 2)) as amount,
    cast(null as {{ dbt.type_string() }}) as currency
from seen
left join listed on seen.customer_key = listed.customer_key and seen.user_id = listed.user_id
where listed.user_id is null
group by seen.account_id
