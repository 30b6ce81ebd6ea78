-- grain: every month × phase × segment of the phases' figures, and whether who started in the month has had the time to
-- achieve the phase (docs/domain/activation.md#phases)
with segment as (

    select distinct segment_type, segment_value from {{ ref('int_phase_segment') }}

),

month as (

    select month from {{ ref('int_revenue_month') }} where month > {{ history_start() }}

),

phase as (

    select phase_code, maturity_days from {{ ref('dim_phase') }}
    where phase_code in (select phase_code from {{ ref('int_phase_segment') }})

),

final as (

    select
        month.month,
        phase.phase_code,
        segment.segment_type,
        segment.segment_value,
        last_day(month.month) + phase.maturity_days <= {{ as_of_date() }} as is_matured
    from segment
    cross join month
    cross join phase

)

select * from final
