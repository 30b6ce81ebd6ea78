-- RFM scores; the slice of as_of (docs/domain/segments.md#rfm).
{#- every var that decides a customer's RFM, so that slices made by other definitions can be told apart -#}
{%- set settings = [] %}
{%- for name in [
    'rfm_lookback_months', 'rfm_scoring_method', 'rfm_bins', 'rfm_tie_method', 'rfm_frequency_unit',
    'rfm_include_subscription', 'free_orders_are_purchases', 'rfm_weights',
] %}
    {%- do settings.append(name ~ '=' ~ var(name)) %}
{%- endfor %}
with score as (

    select * from {{ ref('int_rfm_score') }} where evaluated_on = {{ as_of_date() }}

),

final as (

    select
        customer_key,
        {{ as_of_date() }} as as_of_date,
        population,
        recency_days,
        frequency,
        monetary,
        population = 'scored' and monetary <= 0 as m_nonpositive,
        r_score,
        f_score,
        m_score,
        rfm_code,
        cast(
            cast({{ var('rfm_weights')[0] }} as decimal(8, 4)) * r_score
            + cast({{ var('rfm_weights')[1] }} as decimal(8, 4)) * f_score
            + cast({{ var('rfm_weights')[2] }} as decimal(8, 4)) * m_score as decimal(12, 4)
        ) as rfm_total,
        rfm_segment,
        first_order_date,
        last_order_date,
        {{ add_months(as_of_date(), -1 * var('rfm_lookback_months')) }} + 1 as window_start,
        '{{ var('rfm_scoring_method') }}' as scoring_method,
        '{{ local_md5(settings | join(';')) }}' as config_hash
    from score

)

select * from final
