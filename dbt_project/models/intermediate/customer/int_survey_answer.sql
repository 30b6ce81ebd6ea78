{{ config(materialized='view') }}

-- answers to surveys up to as_of, of both feeds, with the account of what was answered
with csat_response as (

    select * from {{ ref('support__csat_response') }}
    where score is not null and responded_at < {{ as_of_end() }}

),

nps_response as (

    select * from {{ ref('success__nps_response') }}
    where score is not null and responded_at < {{ as_of_end() }}

),

ticket as (

    select * from {{ ref('support__ticket') }}

)

select
    {{ surrogate_key(["'csat'", 'response.response_id']) }} as response_key,
    case when response.question_code = 'usefulness' then 'usefulness' else 'csat' end as survey_type,
    cast(null as {{ dbt.type_string() }}) as wave_id,
    response.ticket_id,
    ticket.account_id,
    response.contact_id,
    -- the key beforehand: a condition on one side within a join compares every answer with every contact
    case when response.contact_id is not null then {{ surrogate_key(['response.contact_id']) }} end as contact_key,
    response.question_code,
    response.score,
    response.scale_max,
    response.comment,
    response.responded_at,
    response.ticket_id is null or row_number() over (
        partition by response.ticket_id, case when response.question_code = 'usefulness' then 1 end
        order by response.responded_at desc, length(response.response_id) desc, response.response_id desc
    ) = 1 as is_newest
from csat_response as response
left join ticket on response.ticket_id = ticket.ticket_id
union all
select
    {{ surrogate_key(["'nps'", 'response_id']) }} as response_key,
    'nps' as survey_type,
    wave_id,
    null as ticket_id,
    account_id,
    contact_id,
    case when contact_id is not null then {{ surrogate_key(['contact_id']) }} end as contact_key,
    null as question_code,
    score,
    10 as scale_max,
    comment,
    responded_at,
    true as is_newest
from nps_response
