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
        customer_key,
        week_end,
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
            then rank() over (partition by week_end, touch_model order by round(score, 2) desc nulls last)
        end as integer) as rank_in_segment,
        adoption_curve_shape
    from followed
    where coverage > 0

)

select * from final
