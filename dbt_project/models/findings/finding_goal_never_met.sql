-- docs/domain/activation.md#goals-of-use: goals in force whose field no account has filled, or whose feature nobody has used
with goal as (

    select process_id, stage_code, measure, measure_of from {{ ref('int_active_process_stage') }}
    where measure_of is not null

),

known as (

    select
        {{ filled_account_fields('account') }}
    from {{ ref('crm__account') }} as account
    inner join {{ ref('int_customer_identity') }} as identity on account.account_id = identity.account_id
    where not {{ is_test_customer('identity.customer_key') }}

)

select
    'warehouse' as source,
    'process_stage' as object,
    goal.process_id || ' ' || goal.stage_code as place,
    goal.measure as column_name,
    goal.measure_of as key,
    cast(null as decimal(18, 2)) as amount,
    cast(null as {{ dbt.type_string() }}) as currency
from goal
cross join known
where case
    when goal.measure = 'account_field' then coalesce({{ account_field_of('goal.measure_of', 'known') }}, 0) = 0
    else goal.measure_of not in (select feature_code from {{ ref('product__feature_use') }} where feature_code is not null)
end
