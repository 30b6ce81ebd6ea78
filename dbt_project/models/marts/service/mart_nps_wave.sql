-- grain: wave of an NPS survey, without waves the month (docs/domain/service.md#nps); who answered a wave twice counts
-- with the newest answer
with answer as (

    select
        *,
        coalesce(wave_id, substr(cast({{ month_of('response_date') }} as {{ dbt.type_string() }}), 1, 7)) as wave
    from {{ ref('fct_survey_response') }}
    where survey_type = 'nps'

),

counting as (

    select * from answer
    qualify row_number() over (
        partition by wave, coalesce(contact_key, response_key) order by responded_at desc, response_key desc
    ) = 1

),

counted as (

    select
        wave as wave_id,
        min(response_date) as first_response_date,
        max(response_date) as last_response_date,
        cast(count(*) as integer) as answers
        {%- for class in ['promoter', 'passive', 'detractor'] %},
        cast(sum(case when response_class = '{{ class }}' then 1 else 0 end) as integer) as {{ class }}s
        {%- endfor %}
    from counting
    group by wave

),

final as (

    select
        *,
        cast(100 * {{ shown_rate('promoters - detractors', 'answers') }} as decimal(6, 2)) as nps,
        {{ nps_bound('promoters', 'detractors', 'answers', 'low') }} as nps_ci_low,
        {{ nps_bound('promoters', 'detractors', 'answers', 'high') }} as nps_ci_high
    from counted

)

select * from final
