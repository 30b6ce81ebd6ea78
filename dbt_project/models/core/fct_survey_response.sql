-- grain: answer to a survey up to as_of, with the customer who gave it (docs/domain/service.md#survey-answers)
with answer as (

    select * from {{ ref('int_survey_answer') }}

),

contact as (

    select * from {{ ref('dim_contact') }}

),

identity as (

    select * from {{ ref('int_customer_identity') }}

),

final as (

    select
        answer.response_key,
        answer.survey_type,
        answer.wave_id,
        coalesce(identity.customer_key, contact.customer_key, 'unknown') as customer_key,
        contact.contact_key,
        answer.ticket_id as ticket_key,
        answer.question_code,
        cast(answer.score as integer) as score,
        cast(answer.scale_max as integer) as scale_max,
        case
            when answer.survey_type = 'nps' and answer.score >= 9 then 'promoter'
            when answer.survey_type = 'nps' and answer.score >= 7 then 'passive'
            when answer.survey_type = 'nps' then 'detractor'
            when {{ is_satisfied('answer.score', 'answer.scale_max') }} then 'satisfied'
            else 'not_satisfied'
        end as response_class,
        answer.responded_at,
        {{ local_date('answer.responded_at') }} as response_date,
        answer.is_newest
    from answer
    left join identity on answer.account_id = identity.account_id
    left join contact on answer.contact_key = contact.contact_key
    where not {{ is_test_customer("coalesce(identity.customer_key, contact.customer_key, 'unknown')") }}

)

select * from final
