-- docs/domain/customers.md#employees; people of ours: owners in Salesforce, agents in Zendesk, and owners that only an id names.
with salesforce as (

    select
        user_id as employee_key,
        'salesforce' as source_system,
        name,
        job_title,
        department,
        is_active,
        created_at
    from {{ ref('stg_salesforce__user') }}

),

zendesk as (

    select
        'zendesk:' || user_id as employee_key,
        'zendesk' as source_system,
        name,
        cast(null as {{ dbt.type_string() }}) as job_title,
        cast(null as {{ dbt.type_string() }}) as department,
        not is_deleted as is_active,
        created_at
    from {{ ref('stg_zendesk__users') }}
    where role = 'agent'

),

owner_id as (

    select csm_owner_id as employee_key from {{ ref('int_customer_profile') }} where csm_owner_id is not null
    union
    select sales_owner_id from {{ ref('int_customer_profile') }} where sales_owner_id is not null

),

unioned as (

    select * from salesforce
    union all
    select * from zendesk
    union all
    select
        employee_key,
        'unknown' as source_system,
        cast(null as {{ dbt.type_string() }}) as name,
        cast(null as {{ dbt.type_string() }}) as job_title,
        cast(null as {{ dbt.type_string() }}) as department,
        cast(null as boolean) as is_active,
        cast(null as {{ dbt.type_timestamp() }}) as created_at
    from owner_id
    where employee_key not in (select user_id from {{ ref('stg_salesforce__user') }})

),

final as (

    select
        employee_key,
        source_system,
        {% if var('employee_names') == 'code' %}employee_key{% else %}coalesce(name, employee_key){% endif %} as employee_name,
        job_title,
        department,
        is_active,
        {{ local_date('created_at') }} as created_on
    from unioned

)

select * from final
