-- The company records of each customer in order of trust: the CRM's first, then first created, then smallest id.
with company as (

    select * from {{ ref('int_company') }}
    where linked_account_id is null

),

identity as (

    select * from {{ ref('int_customer_identity') }}
    where customer_key <> 'unknown'

),

final as (

    select
        identity.customer_key,
        identity.account_id,
        company.source_system,
        company.company_name,
        company.corporate_number,
        -- of several differently named companies that claim a number none can be believed
        company.is_corporate_number_valid and company.corporate_number not in (
            select evidence from {{ ref('int_void_evidence') }} where evidence_type = 'corporate_number'
        ) as is_corporate_number_valid,
        row_number() over (
            partition by identity.customer_key
            order by
                case when company.source_system = 'crm' then 0 else 1 end,
                company.created_at asc nulls last,
                identity.account_id asc
        ) as record_rank
    from identity
    inner join company on identity.account_id = company.account_id

)

select * from final
