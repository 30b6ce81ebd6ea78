-- grain: phase × segment: days to the phase of all customers that started in the last 24 months, who is still on the way or has
-- left included (docs/domain/activation.md#phases)
with lead_time as (

    select * from {{ ref('int_phase_lead_time') }}
    where month = {{ history_start() }}

),

final as (

    select
        phase_code,
        segment_type,
        segment_value,
        cast(observed as integer) as customers,
        cast(lead_time_n as integer) as achieved,
        {%- for name in ['median', 'ci_low', 'ci_high'] %}
        cast(case when observed >= {{ var('min_sample_n') }} then km_{{ name }}_days end as integer) as km_{{ name }}_days,
        {%- endfor %}
        observed < {{ var('min_sample_n') }} as is_suppressed
    from lead_time

)

select * from final
