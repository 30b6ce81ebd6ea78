-- A Zendesk ticket whose external id is a case of the same customer is that case once more: both count
-- (docs/domain/service.md#tickets-of-salesforce).
with ticket as (

    select ticket_id, customer_key from {{ ref('int_ticket') }}

),

named as (

    select case_id as given_id, ticket_id from {{ ref('stg_salesforce__case') }}
    union
    select substr(case_id, 1, 15), ticket_id from {{ ref('stg_salesforce__case') }}
    union
    select case_number, ticket_id from {{ ref('stg_salesforce__case') }}

)

select
    'zendesk' as source,
    'support__ticket' as object,
    cast(null as {{ dbt.type_string() }}) as place,
    'external_id' as column_name,
    copied.ticket_id || ' / ' || named.ticket_id as key,
    cast(null as decimal(18, 2)) as amount,
    cast(null as {{ dbt.type_string() }}) as currency
from {{ ref('stg_zendesk__tickets') }} as copied
inner join named on copied.external_id = named.given_id
inner join ticket as copied_ticket on copied.ticket_id = copied_ticket.ticket_id
inner join ticket as case_ticket
    on named.ticket_id = case_ticket.ticket_id and copied_ticket.customer_key = case_ticket.customer_key
