{{ config(materialized='view') }}

-- grain: customer × person asked in an NPS survey × wave, by the month of the question (docs/domain/service.md#nps). A wave of which
-- answers alone were sent says nothing of those who gave none; without waves the month of the question is one. Test accounts are
-- in none.
with response as (

    select
        *,
        -- the key beforehand, as in int_survey_answer
        case when contact_id is not null then {{ surrogate_key(['contact_id']) }} end as contact_key
    from {{ ref('success__nps_response') }}
    where sent_at < {{ as_of_end() }}

),

request as (

    select
        coalesce(
            response.wave_id, substr(cast({{ month_of(local_date('response.sent_at')) }} as {{ dbt.type_string() }}), 1, 7)
        ) as wave_id,
        coalesce(identity.customer_key, contact.customer_key, 'unknown') as customer_key,
        coalesce(response.contact_id, response.response_id) as person,
        {{ month_of(local_date('response.sent_at')) }} as month,
        case when response.score is not null and response.responded_at < {{ as_of_end() }} then 1 else 0 end as is_answered
    from response
    left join {{ ref('int_customer_identity') }} as identity on response.account_id = identity.account_id
    left join {{ ref('dim_contact') }} as contact on response.contact_key = contact.contact_key
    where not {{ is_test_customer("coalesce(identity.customer_key, contact.customer_key, 'unknown')") }}

),

asked as (

    select customer_key, wave_id, person, min(month) as month, max(is_answered) as is_answered
    from request
    group by customer_key, wave_id, person

),

final as (

    select * from asked
    qualify min(is_answered) over (partition by wave_id) = 0

)

select * from final
