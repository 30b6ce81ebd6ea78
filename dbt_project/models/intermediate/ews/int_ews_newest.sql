-- grain: customer with a score of the last five weeks; the newest one and the signals that hold it down most
-- (docs/domain/activation.md#early-warning)
{%- set signals = [
    'login', 'data_change', 'license_activation', 'record_count', 'collaboration', 'report_view', 'platform_use',
] %}
with newest as (

    select * from {{ ref('mart_ews_score') }}
    where score is not null and week_end between {{ last_week_end() }} - 28 and {{ last_week_end() }}
    qualify row_number() over (partition by customer_key order by week_end desc) = 1

),

told as (
    {% for signal in signals %}
    select customer_key, '{{ signal }}' as signal_code, s_{{ signal }} as signal_score
    from newest
    where s_{{ signal }} < 100
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

ranked as (

    select
        told.customer_key,
        told.signal_code,
        row_number() over (
            partition by told.customer_key
            order by (100 - told.signal_score) * signal.weight desc, signal.signal_order asc
        ) as place
    from told
    inner join {{ ref('ews_signal') }} as signal on told.signal_code = signal.signal_code
    where signal.weight > 0

),

weakest as (

    select
        customer_key,
        {%- for place in [1, 2, 3] %}
        max(case when place = {{ place }} then signal_code end) as weakest_signal_{{ place }}{{ ',' if not loop.last }}
        {%- endfor %}
    from ranked
    group by customer_key

),

final as (

    select
        newest.customer_key,
        newest.week_end,
        newest.score,
        newest.score_growth,
        newest.score_change_4w,
        newest.slope_8w,
        newest.adoption_curve_shape,
        weakest.weakest_signal_1,
        weakest.weakest_signal_2,
        weakest.weakest_signal_3
    from newest
    left join weakest on newest.customer_key = weakest.customer_key

)

select * from final
