{{ config(materialized='view') }}

-- grain: customer × complete week; how its use spreads over its departments, and what it uses for what it has bought and
-- what it pays (docs/domain/activation.md#breadth-and-ratios)

with {{ known_use_ctes() }},

listed as (

    select distinct identity.customer_key, person.user_id, person.department
    from {{ ref('product__user') }} as person
    inner join {{ ref('int_customer_identity') }} as identity on person.account_id = identity.account_id
    where person.department is not null and not {{ is_staff('person.user_id') }}

),

department as (

    select customer_key, count(distinct department) as departments from listed group by customer_key

),

seen as (

    select distinct listed.customer_key, listed.department, activity.week_end
    from listed
    inner join {{ ref('int_usage_activity') }} as activity
        on listed.customer_key = activity.customer_key and listed.user_id = activity.user_id

),

in_window as (

    select customer_key, department, {{ date_series('week_end', 'week_end + 21', 'week') }} as window_end
    from seen

),

active as (

    select customer_key, window_end, count(distinct department) as departments
    from in_window
    group by customer_key, window_end

),

-- a month without a row is one without MRR, from the first month on of which any is known
mrr as (

    select customer_key, month, customer_closing_mrr as mrr from {{ ref('int_mrr_change') }} where is_customer_row

),

mrr_feed as (

    select min(month) as first_month from mrr

),

joined as (

    select
        known_use.customer_key,
        known_use.week_end,
        case when known_use.users is not null then department.departments end as departments,
        coalesce(active.departments, 0) as active_departments,
        known_use.uses,
        known_use.licences_purchased,
        case when {{ month_of('known_use.week_end') }} >= mrr_feed.first_month then coalesce(mrr.mrr, 0) end as mrr
    from known_use
    cross join mrr_feed
    left join department on known_use.customer_key = department.customer_key
    left join active on known_use.customer_key = active.customer_key and known_use.week_end = active.window_end
    left join mrr on known_use.customer_key = mrr.customer_key and {{ month_of('known_use.week_end') }} = mrr.month

),

final as (

    select
        customer_key,
        week_end,
        cast(case when departments is not null then active_departments end as integer) as breadth_num,
        cast(departments as integer) as breadth_den,
        cast(case when licences_purchased is not null then uses end as bigint) as uses_per_licence_num,
        cast(case when uses is not null then licences_purchased end as bigint) as uses_per_licence_den,
        cast(case when mrr is not null then uses end as bigint) as uses_per_mrr_num,
        cast(case when uses is not null then mrr end as decimal(18, 2)) as uses_per_mrr_den
    from joined

)

select * from final
