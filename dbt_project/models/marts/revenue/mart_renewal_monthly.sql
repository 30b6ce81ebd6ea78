-- grain: month × segment in which a term ended, up to as_of_date (docs/domain/retention.md#renewals). Pending terms are in no
-- rate; segments are those of the business date.
with renewal as (

    select
        renewal.*,
        outcome in ('renewed', 'early_renewed') as is_renewed,
        outcome <> 'pending' as is_decided,
        outcome <> 'pending' and expiring_arr is not null and renewed_arr is not null as is_valued
        {%- for segment_type in fixed_segment_types() %},
        coalesce(customer.{{ segment_type }}, 'unknown') as {{ segment_type }}
        {%- endfor %}
    from {{ ref('fct_renewal') }} as renewal
    left join {{ ref('int_retention_customer') }} as customer on renewal.customer_key = customer.customer_key

),

segmented as (

    select
        renewal.*,
        segment_type,
        {{ fixed_segment_value() }} as segment_value
    from renewal
    cross join {{ ref('int_retention_segment_type') }}
    where segment_type <> 'touch_model'

),

summed as (

    select
        due_month as month,
        segment_type,
        segment_value,
        count(*) as due,
        {%- for outcome in ['renewed', 'early_renewed', 'churned', 'pending'] %}
        sum(case when outcome = '{{ outcome }}' then 1 else 0 end) as {{ outcome }},
        {%- endfor %}
        sum(case when is_auto_renew then 1 else 0 end) as auto_renewed,
        sum(case when is_renewed then 1 else 0 end) as renewal_rate_num,
        sum(case when is_decided then 1 else 0 end) as renewal_rate_den,
        coalesce(sum(case when is_valued then least(expiring_arr, renewed_arr) end), 0) as gross_renewal_rate_num,
        coalesce(sum(case when is_valued then renewed_arr end), 0) as net_renewal_rate_num,
        coalesce(sum(case when is_valued then expiring_arr end), 0) as expiring_arr
    from segmented
    group by due_month, segment_type, segment_value

),

final as (

    select
        month,
        segment_type,
        segment_value,
        last_day(month) + {{ var('renewal_grace_days') }} < {{ as_of_date() }} as is_complete,
        {%- for column in ['due', 'renewed', 'early_renewed', 'churned', 'pending', 'auto_renewed'] %}
        cast({{ column }} as integer) as {{ column }},
        {%- endfor %}
        {{ shown_rate('renewal_rate_num', 'renewal_rate_den') }} as renewal_rate,
        cast(renewal_rate_num as integer) as renewal_rate_num,
        cast(renewal_rate_den as integer) as renewal_rate_den,
        {%- for name in ['gross', 'net'] %}
        case when not {{ is_rate_hidden('renewal_rate_den') }}
            then {{ rate(name ~ '_renewal_rate_num', 'expiring_arr', 'decimal(18, 6)') }}
        end as {{ name }}_renewal_rate,
        cast({{ name }}_renewal_rate_num as decimal(18, 2)) as {{ name }}_renewal_rate_num,
        cast(expiring_arr as decimal(18, 2)) as {{ name }}_renewal_rate_den,
        {%- endfor %}
        {{ is_rate_hidden('renewal_rate_den') }} as is_suppressed
    from summed

)

select * from final
