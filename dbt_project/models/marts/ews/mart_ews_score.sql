-- grain: customer × complete week in which a signal is known (docs/domain/activation.md#early-warning). Written whole: a
-- baseline and a slope reach over many weeks, and for 10,000 customers and two years they take 3 CPU-seconds.
{%- set signals = [
    'login', 'data_change', 'license_activation', 'record_count', 'collaboration', 'report_view', 'platform_use',
] %}
with followed as (

    select * from {{ ref('int_ews_trend') }}

),

final as (

    select
        followed.customer_key,
        followed.week_end,
        cast(round(score, 2) as decimal(6, 2)) as score,
        {%- for name in signals %}
        cast(round(s_{{ name }}, 2) as decimal(6, 2)) as s_{{ name }},
        {%- endfor %}
        cast(coverage as decimal(9, 6)) as coverage,
        cast(round(baseline, 2) as decimal(6, 2)) as baseline,
        cast(round(score - baseline, 2) as decimal(6, 2)) as score_growth,
        cast(round(score_change_4w, 2) as decimal(6, 2)) as score_change_4w,
        cast(round(score_slope_8w, 4) as decimal(9, 4)) as slope_8w,
        cast(case when score is not null
            then rank() over (partition by followed.week_end, touch_model order by round(score, 2) desc nulls last)
        end as integer) as rank_in_segment,
        adoption_curve_shape,
        {{ rate('ratio.breadth_num', 'ratio.breadth_den') }} as breadth,
        ratio.breadth_num,
        ratio.breadth_den,
        {{ rate('ratio.uses_per_licence_num', 'ratio.uses_per_licence_den', 'decimal(18, 6)') }} as uses_per_licence,
        ratio.uses_per_licence_num,
        ratio.uses_per_licence_den,
        -- nine digits: a thousand yen is little money
        cast({{ rate('ratio.uses_per_mrr_num * 1000', 'ratio.uses_per_mrr_den', 'decimal(18, 6)') }} * cast(0.001 as decimal(4, 3)) as decimal(18, 9))
            as uses_per_mrr,
        ratio.uses_per_mrr_num,
        ratio.uses_per_mrr_den
    from followed
    left join {{ ref('int_ews_use') }} as ratio
        on followed.customer_key = ratio.customer_key and followed.week_end = ratio.week_end
    where followed.coverage > 0

)

select * from final
