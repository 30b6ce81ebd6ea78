-- grain: active customer with a reason to be called × as_of_date (docs/domain/activation.md#follow-up)
{%- set order %}
order by case when cs_focus_window = 'none' then 1 else 0 end asc, priority desc, risk_points desc, customer_key asc
{%- endset %}
with reason as (

    select
        reason.customer_key,
        kind.trigger_code,
        kind.trigger_name_en,
        kind.trigger_name_ja,
        kind.points,
        kind.trigger_order
    from {{ ref('int_follow_up_reason') }} as reason
    inner join {{ ref('dim_follow_up_trigger') }} as kind on reason.trigger_code = kind.trigger_code
    where kind.points > 0

),

listed as (

    select
        customer_key,
        least(sum(points), 100) as risk_points,
        count(*) as trigger_count,
        substr({{ concat_ordered("', ' || trigger_code", 'trigger_order') }}, 3) as trigger_codes,
        substr({{ concat_ordered("', ' || trigger_name_en", 'trigger_order') }}, 3) as reasons_en,
        substr({{ concat_ordered("'、' || trigger_name_ja", 'trigger_order') }}, 2) as reasons_ja
    from reason
    group by customer_key

),

customer as (

    select * from {{ ref('mart_customer_360') }}

),

business_day as (

    select * from {{ ref('int_business_calendar') }}

),

due as (

    select min(date_day) as due_date
    from business_day
    where business_day_no = (
        select max(today.business_day_no) + 3 from business_day as today where today.date_day = {{ as_of_date() }}
    )

),

weighed as (

    select
        listed.*,
        customer.cs_focus_window,
        customer.arr,
        {{ divide_money('customer.arr', 'listed.risk_points', 100) }} as priority,
        coalesce(customer.csm_owner_key, customer.sales_owner_key) as owner_key,
        ews.weakest_signal_1,
        ews.weakest_signal_2,
        ews.weakest_signal_3,
        due.due_date
    from listed
    cross join due
    left join {{ ref('int_ews_newest') }} as ews on listed.customer_key = ews.customer_key
    inner join customer on listed.customer_key = customer.customer_key

),

final as (

    select
        customer_key,
        {{ as_of_date() }} as as_of_date,
        cast(row_number() over ({{ order }}) as integer) as rank_no,
        cast(row_number() over (partition by owner_key {{ order }}) as integer) as rank_in_owner,
        owner_key,
        cast(risk_points as smallint) as risk_points,
        cast(trigger_count as smallint) as trigger_count,
        trigger_codes,
        reasons_en,
        reasons_ja,
        cs_focus_window,
        arr,
        priority,
        due_date,
        weakest_signal_1,
        weakest_signal_2,
        weakest_signal_3
    from weighed

)

select * from final
