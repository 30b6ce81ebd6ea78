-- Answers to surveys up to as_of with the customer who gave them; of a ticket only the latest counts
-- (docs/domain/service.md#csat).
with csat_response as (

    select * from {{ ref('support__csat_response') }}
    where score is not null and responded_at < {{ as_of_end() }}
    qualify row_number() over (
        partition by ticket_id, case when ticket_id is null then response_id end
        order by responded_at desc, response_id desc
    ) = 1

),

nps_response as (

    select * from {{ ref('success__nps_response') }}
    where score is not null and responded_at < {{ as_of_end() }}

),

ticket as (

    select * from {{ ref('fct_ticket') }}

),

contact as (

    select * from {{ ref('dim_contact') }}

),

identity as (

    select * from {{ ref('int_customer_identity') }}

),

answer as (

    select
        'csat' as survey_type, response_id, ticket_id, cast(null as {{ dbt.type_string() }}) as account_id, contact_id,
        question_code, score, scale_max, responded_at
    from csat_response
    union all
    select
        'nps' as survey_type, response_id, null as ticket_id, account_id, contact_id,
        null as question_code, score, 10 as scale_max, responded_at
    from nps_response

),

-- the key beforehand: a condition on one side within the join compares every answer with every contact
keyed as (

    select
        *,
        case when contact_id is not null then {{ surrogate_key(['contact_id']) }} end as contact_key
    from answer

),

final as (

    select
        answer.survey_type,
        answer.response_id,
        coalesce(ticket.customer_key, identity.customer_key, contact.customer_key, 'unknown') as customer_key,
        answer.question_code,
        answer.score,
        answer.scale_max,
        answer.responded_at
    from keyed as answer
    left join ticket on answer.ticket_id = ticket.ticket_key
    left join identity on answer.account_id = identity.account_id
    left join contact on answer.contact_key = contact.contact_key

)

select * from final
