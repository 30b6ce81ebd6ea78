-- The licences bought of the newest complete week, once there is one since the first business date, are those in force on
-- its Sunday, and what records were made and changed is told once in each of the four weeks that hold the count, where the
-- customer has such weeks.
{%- set sunday = last_week_end() %}
with licence as (

    select coalesce(sum(purchased), 0) as purchased
    from {{ ref('product__license') }}
    where {{ sunday }} >= {{ week_end_of("cast('" ~ var('first_business_date') ~ "' as date)") }}
        and valid_from <= {{ sunday }} and coalesce(valid_to, {{ sunday }}) >= {{ sunday }}
        and coalesce(account_id not in (
            select account_id from {{ ref('int_customer_identity') }} where {{ is_test_customer('customer_key') }}
        ), true)

),

usage_week as (

    select * from {{ ref('fct_usage_weekly') }}

),

counted as (

    select coalesce(sum(created), 0) as created, coalesce(sum(updated), 0) as updated
    from {{ ref('int_object_count') }} as counted
    inner join usage_week on counted.customer_key = usage_week.customer_key
        and usage_week.week_end between counted.week_end and counted.week_end + 21

)

select 'licences' as problem, licence.purchased as expected, sum(usage_week.licences_purchased) as modelled
from licence
cross join usage_week
where usage_week.week_end = {{ sunday }}
group by licence.purchased
having licence.purchased <> coalesce(sum(usage_week.licences_purchased), 0)
union all
select 'records' as problem, counted.created as expected, sum(usage_week.records_created_28d) as modelled
from counted
cross join usage_week
group by counted.created, counted.updated
having counted.created <> coalesce(sum(usage_week.records_created_28d), 0)
    or counted.updated <> coalesce(sum(usage_week.records_updated_28d), 0)
