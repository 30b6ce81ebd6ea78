-- The additive parts summed per segment, with a row for every month since the company's first MRR and every segment
-- that ever had MRR, zeros inside (docs/domain/retention.md#segments).
{%- set measures = ['opening_mrr'] %}
{%- for movement_type in mrr_movement_types() %}{% do measures.append(movement_type ~ '_mrr') %}{% endfor %}
{%- do measures.extend([
    'closing_mrr', 'retained_mrr', 'cohort_mrr', 'opening_customers', 'retained_customers', 'new_customers',
    'reactivated_customers', 'churned_customers', 'closing_customers', 'upsell_customers', 'cross_sell_customers',
]) %}
with segment_group as (

    select
        {{ retention_segment_value() }} as segment_value,
        segment_type,
        retention_group.*
    from {{ ref('int_retention_group') }} as retention_group
    cross join {{ ref('int_retention_segment_type') }}

),

month_end as (

    select * from {{ ref('int_revenue_month') }}
    where month >= (select min(month) from {{ ref('int_retention_group') }})

),

summed as (

    select
        month,
        segment_type,
        segment_value,
        {%- for measure in measures %}
        sum({{ measure }}) as {{ measure }},
        {%- endfor %}
        max(has_provisional) as has_provisional,
        max(has_restated) as has_restated
    from segment_group
    group by month, segment_type, segment_value

),

segment as (

    select distinct segment_type, segment_value from summed

),

final as (

    select
        month_end.month,
        segment.segment_type,
        segment.segment_value,
        {%- for measure in measures %}
        cast(coalesce({{ measure }}, 0) as {{ 'decimal(18, 2)' if measure.endswith('_mrr') else 'bigint' }}) as {{ measure }},
        {%- endfor %}
        not month_end.is_complete or coalesce(has_provisional, 0) = 1 as is_provisional,
        coalesce(has_restated, 0) = 1 as is_restated
    from month_end
    cross join segment
    left join summed
        on month_end.month = summed.month
        and segment.segment_type = summed.segment_type
        and segment.segment_value = summed.segment_value

)

select * from final
