-- grain: wave of an NPS survey, without waves the month (docs/domain/service.md#nps); who answered a wave twice counts
-- with the newest answer
with answer as (

    select
        response.*,
        coalesce(response.wave_id, substr(cast({{ month_of('response.response_date') }} as {{ dbt.type_string() }}), 1, 7)) as wave,
        -- somebody who is no contact of ours is one person, too
        coalesce(response.contact_key, told.contact_key, response.response_key) as person
    from {{ ref('fct_survey_response') }} as response
    left join {{ ref('int_survey_answer') }} as told on response.response_key = told.response_key
    where response.survey_type = 'nps'

),

response as (

    select
        *,
        case when contact_id is not null then {{ surrogate_key(['contact_id']) }} end as contact_key
    from {{ ref('success__nps_response') }}
    where sent_at < {{ as_of_end() }}

),

identity as (

    select * from {{ ref('int_customer_identity') }}

),

counting as (

    select * from answer
    qualify row_number() over (
        partition by wave, person order by responded_at desc, response_key desc
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

-- whoever was asked, of the customers whose answers count
asked as (

    select
        response.wave_id,
        count(distinct coalesce(response.contact_id, response.response_id)) as people_asked,
        count(distinct case when response.score is not null and response.responded_at < {{ as_of_end() }}
            then coalesce(response.contact_id, response.response_id)
        end) as people_answering
    from response
    left join identity on response.account_id = identity.account_id
    left join {{ ref('dim_contact') }} as contact on response.contact_key = contact.contact_key
    where not {{ is_test_customer("coalesce(identity.customer_key, contact.customer_key, 'unknown')") }}
    group by response.wave_id

),

final as (

    select
        counted.*,
        -- a wave of which answers alone were sent says nothing of those who gave none
        case when asked.people_asked > asked.people_answering then cast(asked.people_asked as integer) end as asked,
        case when asked.people_asked > asked.people_answering
            then {{ shown_rate('asked.people_answering', 'asked.people_asked') }}
        end as response_rate,
        cast(100 * {{ shown_rate('promoters - detractors', 'answers') }} as decimal(6, 2)) as nps,
        {{ nps_bound('promoters', 'detractors', 'answers', 'low') }} as nps_ci_low,
        {{ nps_bound('promoters', 'detractors', 'answers', 'high') }} as nps_ci_high
    from counted
    left join asked on counted.wave_id = asked.wave_id

)

select * from final
