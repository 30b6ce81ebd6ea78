-- Every answer with a score up to as_of is in the fact, but those of test accounts; as many of each ticket's are newest as
-- it has questions answered.
with expected as (

    select
        (select count(*) from {{ ref('support__csat_response') }} where score is not null and responded_at < {{ as_of_end() }})
        + (select count(*) from {{ ref('success__nps_response') }} where score is not null and responded_at < {{ as_of_end() }})
            as answers

),

left_out as (

    select count(*) as answers
    from {{ ref('int_survey_answer') }} as answer
    left join {{ ref('int_customer_identity') }} as identity on answer.account_id = identity.account_id
    left join {{ ref('dim_contact') }} as contact on answer.contact_key = contact.contact_key
    where {{ is_test_customer("coalesce(identity.customer_key, contact.customer_key, 'unknown')") }}

),

modelled as (

    select
        count(*) as answers,
        count(distinct case when ticket_key is not null then survey_type || ticket_key end) as tickets_answered,
        sum(case when ticket_key is not null and is_newest then 1 else 0 end) as newest
    from {{ ref('fct_survey_response') }}

)

select expected.answers as expected, left_out.answers as left_out, modelled.answers as modelled, newest, tickets_answered
from expected
cross join left_out
cross join modelled
where expected.answers <> left_out.answers + modelled.answers or newest <> tickets_answered
