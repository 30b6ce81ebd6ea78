{{ config(materialized='view') }}

-- grain: evaluation date × customer × process × stage judged by a field of the account: 1 where one of the customer's
-- accounts has it filled, else 0; no row where none but test accounts has it filled, so that nobody can be said to lack it. Fields have
-- no history: today's counts for every date (docs/domain/activation.md#goals-of-use)

with goal as (

    select process_id, stage_no, measure_of from {{ ref('int_active_process_stage') }} where measure = 'account_field'

),

filled as (

    select
        identity.customer_key,
        {{ filled_account_fields('account') }}
    from {{ ref('crm__account') }} as account
    inner join {{ ref('int_customer_identity') }} as identity on account.account_id = identity.account_id
    group by identity.customer_key

),

known as (

    select
        {{ filled_account_fields('account') }}
    from {{ ref('crm__account') }} as account
    inner join {{ ref('int_customer_identity') }} as identity on account.account_id = identity.account_id
    where not {{ is_test_customer('identity.customer_key') }}

),

final as (

    select
        member.evaluated_on,
        member.customer_key,
        member.process_id,
        goal.stage_no,
        {{ account_field_of('goal.measure_of', 'filled') }} as measured_value
    from {{ ref('int_process_member') }} as member
    inner join goal on member.process_id = goal.process_id
    inner join filled on member.customer_key = filled.customer_key
    cross join known
    where {{ account_field_of('goal.measure_of', 'known') }} = 1

)

select * from final
