-- grain: customer of the 360 × data quadrant: what is known of it, and what not (docs/domain/customers.md#data-quadrants)
with counted as (

    select
        customer_key,
        quadrant_no,
        count(distinct object_code) as objects,
        sum(records) as records,
        max(last_at) as last_at
    from {{ ref('int_data_object') }}
    group by customer_key, quadrant_no

),

-- a quadrant of which nobody has anything has no feed: not known, rather than none
known as (

    select distinct quadrant_no from counted

),

final as (

    select
        customer.customer_key,
        quadrant.quadrant_no,
        quadrant.row_code,
        quadrant.column_code,
        quadrant.name_en as quadrant_name_en,
        quadrant.name_ja as quadrant_name_ja,
        cast(case when known.quadrant_no is not null then coalesce(counted.objects, 0) end as integer) as object_count,
        cast(case when known.quadrant_no is not null then coalesce(counted.records, 0) end as bigint) as record_count,
        counted.last_at,
        counted.quadrant_no is not null as is_filled
    from {{ ref('dim_customer') }} as customer
    cross join {{ ref('data_quadrant') }} as quadrant
    left join known on quadrant.quadrant_no = known.quadrant_no
    left join counted on customer.customer_key = counted.customer_key and quadrant.quadrant_no = counted.quadrant_no
    where customer.customer_status in ('active', 'churned') and customer.customer_key <> 'unknown'

)

select * from final
