-- grain: evaluation date × customer; RFM scores among the customers of the date (docs/domain/segments.md#rfm,
-- docs/domain/segments.md#rfm-populations)
{%- set scoring_method = var('rfm_scoring_method') %}
with measure as (

    select * from {{ ref('int_rfm_measure') }}

),

segment_map as (

    select * from {{ ref('rfm_segment_map') }}

),

rfm_threshold as (

    select * from {{ ref('rfm_threshold') }}

),

scored as (

    {% if scoring_method == 'quantile' -%}
    select
        evaluated_on,
        customer_key,
        {{ quantile_score('recency_days desc') }} as r_score,
        {{ quantile_score('frequency') }} as f_score,
        {{ quantile_score('monetary') }} as m_score
    from measure
    where population = 'scored'
    {%- else -%}
    select
        measure.evaluated_on,
        measure.customer_key,
        {{ fixed_score('r', 'measure.recency_days <= rfm_threshold.threshold') }} as r_score,
        {{ fixed_score('f', 'measure.frequency >= rfm_threshold.threshold') }} as f_score,
        {{ fixed_score('m', 'measure.monetary >= rfm_threshold.threshold') }} as m_score
    from measure
    cross join rfm_threshold
    where measure.population = 'scored'
    group by measure.evaluated_on, measure.customer_key
    {%- endif %}

),

-- Each combination of scores is looked up once, however many customers have it.
segment as (

    select
        score.r_score, score.f_score, score.m_score, min_by(segment_map.rfm_segment, segment_map.rule_no) as rfm_segment
    from (select distinct r_score, f_score, m_score from scored) as score
    inner join segment_map
        on {{ score_of_five('score.r_score') }} between segment_map.r_min and segment_map.r_max
        and {{ score_of_five('score.f_score') }} between segment_map.f_min and segment_map.f_max
        and {{ score_of_five('score.m_score') }} between segment_map.m_min and segment_map.m_max
    group by score.r_score, score.f_score, score.m_score

),

final as (

    select
        measure.evaluated_on,
        measure.customer_key,
        measure.population,
        cast(measure.recency_days as integer) as recency_days,
        cast(measure.frequency as integer) as frequency,
        measure.monetary,
        cast(scored.r_score as smallint) as r_score,
        cast(scored.f_score as smallint) as f_score,
        cast(scored.m_score as smallint) as m_score,
        scored.r_score || '' || scored.f_score || scored.m_score as rfm_code,
        segment.rfm_segment,
        measure.first_order_date,
        measure.last_order_date
    from measure
    left join scored on measure.evaluated_on = scored.evaluated_on and measure.customer_key = scored.customer_key
    left join segment
        on scored.r_score = segment.r_score and scored.f_score = segment.f_score and scored.m_score = segment.m_score

)

select * from final
