-- What each company record without a link of its own stands for by its corporate number alone: the first record of the
-- same valid number, the CRM's before others', first created, then smallest id (docs/domain/customers.md#matching).
with company as (

    select * from {{ ref('int_company') }}
    where linked_account_id is null

),

by_number as (

    select
        account_id,
        first_value(account_id) over number_group as anchor_account_id,
        first_value(source_system) over number_group as anchor_system
    from company
    where is_corporate_number_valid
        and corporate_number not in (
            select evidence from {{ ref('int_void_evidence') }} where evidence_type = 'corporate_number'
        )
    window number_group as (
        partition by corporate_number
        order by case when source_system = 'crm' then 0 else 1 end, created_at asc nulls last, account_id asc
    )

),

final as (

    select
        company.account_id,
        coalesce(by_number.anchor_account_id, company.account_id) as own_anchor_id,
        coalesce(by_number.anchor_system, company.source_system) = 'crm' as is_in_crm,
        case when company.is_corporate_number_valid then company.corporate_number end as valid_number
    from company
    left join by_number on company.account_id = by_number.account_id

)

select * from final
