-- grain: month × phase × segment with a customer of it; the parts summed, first per combination of segment values, then once a
-- segment type (docs/domain/activation.md#phases)
with part as (

    select * from {{ ref('int_phase_part') }}

),

customer as (

    select * from {{ ref('int_retention_customer') }}

),

combined as (

    select
        part.month,
        part.phase_code
        {%- for segment_type in fixed_segment_types() %},
        coalesce(customer.{{ segment_type }}, 'unknown') as {{ segment_type }}
        {%- endfor %}
        {%- for name in phase_parts() %},
        sum(part.{{ name }}) as {{ name }}
        {%- endfor %}
    from part
    left join customer on part.customer_key = customer.customer_key
    group by part.month, part.phase_code
        {%- for segment_type in fixed_segment_types() %}, coalesce(customer.{{ segment_type }}, 'unknown'){% endfor %}

),

segmented as (

    select
        combined.*,
        segment_type,
        {{ fixed_segment_value() }} as segment_value
    from combined
    cross join {{ ref('int_retention_segment_type') }}
    where segment_type <> 'touch_model'

),

final as (

    select
        month,
        phase_code,
        segment_type,
        segment_value
        {%- for name in phase_parts() %},
        sum({{ name }}) as {{ name }}
        {%- endfor %}
    from segmented
    group by month, phase_code, segment_type, segment_value

)

select * from final
