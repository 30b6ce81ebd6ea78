-- RFM scores; the slice of as_of (docs/domain/segments.md#rfm, docs/domain/segments.md#rfm-populations).
{%- set scoring_method = var('rfm_scoring_method') %}
{#- every var that decides a customer's RFM, so that slices made by other definitions can be told apart -#}
{%- set settings = [] %}
{%- for name in [
    'rfm_lookback_months', 'rfm_scoring_method', 'rfm_bins', 'rfm_tie_method', 'rfm_frequency_unit',
    'rfm_include_subscription', 'rfm_weights',
] %}
    {%- do settings.append(name ~ '=' ~ var(name)) %}
{%- endfor %}
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
        customer_key,
        {{ quantile_score('recency_days desc') }} as r_score,
        {{ quantile_score('frequency') }} as f_score,
        {{ quantile_score('monetary') }} as m_score
    from measure
    where population = 'scored'
    {%- else -%}
    select
        measure.customer_key,
        {{ fixed_score('r', 'measure.recency_days <= rfm_threshold.threshold') }} as r_score,
        {{ fixed_score('f', 'measure.frequency >= rfm_threshold.threshold') }} as f_score,
        {{ fixed_score('m', 'measure.monetary >= rfm_threshold.threshold') }} as m_score
    from measure
    cross join rfm_threshold
    where measure.population = 'scored'
    group by measure.customer_key
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
        measure.customer_key,
        {{ as_of_date() }} as as_of_date,
        measure.population,
        cast(measure.recency_days as integer) as recency_days,
        cast(measure.frequency as integer) as frequency,
        measure.monetary,
        measure.population = 'scored' and measure.monetary <= 0 as m_nonpositive,
        cast(scored.r_score as smallint) as r_score,
        cast(scored.f_score as smallint) as f_score,
        cast(scored.m_score as smallint) as m_score,
        scored.r_score || '' || scored.f_score || scored.m_score as rfm_code,
        cast(
            cast({{ var('rfm_weights')[0] }} as decimal(8, 4)) * scored.r_score
            + cast({{ var('rfm_weights')[1] }} as decimal(8, 4)) * scored.f_score
            + cast({{ var('rfm_weights')[2] }} as decimal(8, 4)) * scored.m_score as decimal(12, 4)
        ) as rfm_total,
        segment.rfm_segment,
        measure.first_order_date,
        measure.last_order_date,
        {{ add_months(as_of_date(), -1 * var('rfm_lookback_months')) }} + 1 as window_start,
        '{{ scoring_method }}' as scoring_method,
        '{{ local_md5(settings | join(';')) }}' as config_hash
    from measure
    left join scored on measure.customer_key = scored.customer_key
    left join segment
        on scored.r_score = segment.r_score and scored.f_score = segment.f_score and scored.m_score = segment.m_score

)

select * from final
