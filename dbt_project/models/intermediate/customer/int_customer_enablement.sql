{{ config(materialized='view') }}

-- grain: customer with any of it: training, community, adoption initiatives and fit as of the business date
-- (docs/domain/service.md#community-and-training)
{%- set drivers = ['forced', 'incentive', 'convenience', 'other'] %}
with told as (

    select account_id, 'enrolment' as what, enrolment_id as value
    from {{ ref('success__training_enrolment') }}
    where enrolled_at < {{ as_of_end() }} or completed_at < {{ as_of_end() }}
    union all
    select account_id, 'completion', enrolment_id
    from {{ ref('success__training_enrolment') }}
    where completed_at < {{ as_of_end() }}
    union all
    select account_id, 'membership', member_id
    from {{ ref('success__community_member') }}
    where joined_at < {{ as_of_end() }} and (left_at is null or left_at >= {{ as_of_end() }})
    union all
    -- one event, however many came; a series of one code is as many events as days
    select account_id, 'event', coalesce(event_code, '') || ' ' || cast({{ local_date('held_at') }} as {{ dbt.type_string() }})
    from {{ ref('success__community_event') }}
    where coalesce(attended, true) and held_at < {{ as_of_end() }}
        and {{ local_date('held_at') }} > {{ add_months(as_of_date(), -12) }}
    union all
    select account_id, 'driver', driver
    from {{ ref('success__adoption_initiative') }}
    where started_on <= {{ as_of_date() }} and (ended_on is null or ended_on >= {{ as_of_date() }})

),

assessed as (

    select
        coalesce(identity.customer_key, 'unknown') as customer_key,
        assessment.is_fit
    from {{ ref('success__fit_assessment') }} as assessment
    left join {{ ref('int_customer_identity') }} as identity on assessment.account_id = identity.account_id
    where assessment.assessed_on <= {{ as_of_date() }} and assessment.is_fit is not null
    qualify row_number() over (
        partition by coalesce(identity.customer_key, 'unknown')
        order by assessment.assessed_on desc, length(assessment.assessment_id) desc, assessment.assessment_id desc
    ) = 1

),

counted as (

    select
        coalesce(identity.customer_key, 'unknown') as customer_key,
        sum(case when told.what = 'enrolment' then 1 else 0 end) as training_enrolled,
        sum(case when told.what = 'completion' then 1 else 0 end) as training_completed,
        count(distinct case when told.what = 'event' then told.value end) as events_attended_12m,
        sum(case when told.what = 'membership' then 1 else 0 end) > 0 as is_community_member,
        nullif(concat_ws(', '
            {%- for driver in drivers %},
            max(case when told.what = 'driver' and told.value = '{{ driver }}' then '{{ driver }}' end)
            {%- endfor %}
        ), '') as adoption_driver
    from told
    left join {{ ref('int_customer_identity') }} as identity on told.account_id = identity.account_id
    group by coalesce(identity.customer_key, 'unknown')

),

final as (

    select
        coalesce(counted.customer_key, assessed.customer_key) as customer_key,
        counted.training_enrolled,
        counted.training_completed,
        counted.events_attended_12m,
        counted.is_community_member,
        counted.adoption_driver,
        assessed.is_fit
    from counted
    full outer join assessed on counted.customer_key = assessed.customer_key

)

select * from final
