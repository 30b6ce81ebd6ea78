-- A score lies between 0 and 100 and is the weighted mean of the signals that are shown, as far as they are rounded; it is
-- there where they are enough, and nowhere else. Growth is what is above the baseline.
{%- set signals = [
    'login', 'data_change', 'license_activation', 'record_count', 'collaboration', 'report_view', 'platform_use',
] %}
with told as (
    {% for signal in signals %}
    select customer_key, week_end, score, coverage, '{{ signal }}' as signal_code, s_{{ signal }} as signal_score
    from {{ ref('mart_ews_score') }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

expected as (

    select
        told.customer_key,
        told.week_end,
        max(told.score) as score,
        max(told.coverage) as coverage,
        sum(case when told.signal_score is not null then signal.weight else 0 end) / sum(signal.weight) as known,
        sum(told.signal_score * signal.weight) / sum(case when told.signal_score is not null then signal.weight end) as mean
    from told
    inner join {{ ref('ews_signal') }} as signal on told.signal_code = signal.signal_code
    group by told.customer_key, told.week_end

)

select customer_key, week_end, score, mean, coverage, known
from expected
where (score is not null) <> (coverage >= {{ var('ews_min_coverage') }})
    or abs(coverage - known) > 0.000001
    or score not between 0 and 100
    or abs(score - mean) > 0.011
union all
select customer_key, week_end, score, baseline, score_growth, null
from {{ ref('mart_ews_score') }}
where abs(score - baseline - score_growth) > 0.011
