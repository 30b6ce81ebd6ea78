-- grain: basis × score × horizon × band; who left of the customers of a band, and the Brier score of all bands in its three
-- parts (docs/domain/activation.md#proof). A band's forecast is 1 − its mean score ÷ 100; a level is a band of its own.
with banded as (

    select
        *,
        least(floor(score_value / 20), case when score_code = 'activation_level' then 5 else 4 end) as band_no,
        case when is_churned then 1 else 0 end as churn
    from {{ ref('int_score_case') }}
    where is_churned is not null

),

forecast as (

    select
        *,
        cast(1 as double) - avg(score_value) over (partition by basis, score_code, horizon_days, band_no) / 100 as forecast,
        avg(cast(churn as double)) over (partition by basis, score_code, horizon_days, band_no) as band_rate,
        avg(cast(churn as double)) over (partition by basis, score_code, horizon_days) as base_rate
    from banded

),

parts as (

    select
        basis,
        score_code,
        horizon_days,
        count(*) as all_cases,
        sum(churn) as all_churned,
        avg((forecast - churn) * (forecast - churn)) as brier_score,
        avg((forecast - band_rate) * (forecast - band_rate)) as reliability,
        avg((band_rate - base_rate) * (band_rate - base_rate)) as resolution,
        avg(base_rate * (1 - base_rate)) as uncertainty
    from forecast
    group by basis, score_code, horizon_days

),

band as (

    select
        basis, score_code, horizon_days, band_no,
        count(*) as cases,
        sum(churn) as churned,
        avg(score_value) as mean_score,
        max(forecast) as forecast
    from forecast
    group by basis, score_code, horizon_days, band_no

),

judged as (

    select
        band.*,
        parts.brier_score, parts.reliability, parts.resolution, parts.uncertainty,
        {{ proof_guard('parts.all_churned', 'parts.all_cases') }} as guard
    from band
    inner join parts
        on band.basis = parts.basis and band.score_code = parts.score_code and band.horizon_days = parts.horizon_days

),

final as (

    select
        basis,
        score_code,
        horizon_days,
        cast(band_no as smallint) as band_no,
        guard,
        cast(20 * band_no as smallint) as band_from,
        cast(20 * band_no + case when score_code = 'activation_level' then 0 else 20 end as smallint) as band_to,
        cast(round(mean_score, 2) as decimal(6, 2)) as mean_score,
        case when guard is null then cast(round(forecast, 6) as decimal(9, 6)) end as forecast,
        case when guard is null then {{ shown_rate('churned', 'cases') }} end as churn_rate,
        cast(churned as integer) as churn_rate_num,
        cast(cases as integer) as churn_rate_den,
        {%- for side in ['low', 'high'] %}
        case when guard is null then {{ wilson_bound('churned', 'cases', side) }} end as churn_rate_ci_{{ side }},
        {%- endfor %}
        {%- for name in ['brier_score', 'reliability', 'resolution', 'uncertainty'] %}
        case when guard is null then cast(round({{ name }}, 6) as decimal(9, 6)) end as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from judged

)

select * from final
