-- grain: person among the leads; when each stage was reached first (docs/domain/activation.md#funnel)
{%- set stages = ['lead', 'mql', 'sql', 'opportunity', 'won'] %}
with lead as (

    select * from {{ ref('int_lead') }}

),

placed as (

    select
        *,
        row_number() over (partition by person order by came_at asc nulls last, lead_id asc) as place,
        row_number() over (partition by person order by came_at desc nulls last, lead_id desc) as place_from_end,
        row_number() over (
            partition by person
            order by
                case when customer_key is null then 1 else 0 end asc, won_date asc nulls last, came_at asc nulls last, lead_id asc
        ) as place_of_customer
    from lead
    where not {{ is_test_customer("coalesce(customer_key, 'unknown')") }}

),

final as (

    select
        max(case when place = 1 then lead_id end) as lead_key,
        max(case when place = 1 then source end) as source,
        max(case when place = 1 then referrer_customer_key end) as referrer_customer_key,
        max(case when place_from_end = 1 then rejection_reason end) as rejection_reason,
        max(case when place_of_customer = 1 then customer_key end) as customer_key,
        count(*) as leads,
        max(recycle_count) as recycle_count
        {%- for stage in stages %},
        min({{ stage }}_told) as {{ stage }}_told,
        min({{ stage }}_date) as {{ stage }}_date
        {%- endfor %}
    from placed
    group by person

)

select * from final
