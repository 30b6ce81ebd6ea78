-- The record each company hangs on (its anchor), never decided by names alone (DOMAIN.md §8.2): the same valid corporate
-- number, else a domain that belongs to exactly one customer of the CRM, else itself. Records that another
-- system has linked to a CRM account are not here: the link decides.
with company as (

    select * from {{ ref('int_company') }}
    where linked_account_id is null

),

domain as (

    select * from {{ ref('int_company_domain') }}

),

-- First created, then smallest id; the CRM's records before those of other systems.
by_number as (

    select
        account_id,
        first_value(account_id) over number_group as anchor_account_id,
        first_value(source_system) over number_group as anchor_system
    from company
    where is_corporate_number_valid
    window number_group as (
        partition by corporate_number
        order by case when source_system = 'crm' then 0 else 1 end, created_at asc nulls last, account_id
    )

),

numbered as (

    select
        company.*,
        by_number.anchor_account_id as number_anchor_id,
        coalesce(by_number.anchor_system, company.source_system) = 'crm' as is_in_crm
    from company
    left join by_number on company.account_id = by_number.account_id

),

crm_domain as (

    select
        domain.domain,
        min(coalesce(numbered.number_anchor_id, numbered.account_id)) as anchor_account_id,
        max(numbered.number_anchor_id) is not null as has_number
    from numbered
    inner join domain on numbered.account_id = domain.account_id
    where numbered.source_system = 'crm'
    group by domain.domain
    having count(distinct coalesce(numbered.number_anchor_id, numbered.account_id)) = 1

),

-- Two corporate numbers are two companies, whatever domain they share.
by_domain as (

    select
        numbered.account_id,
        min(crm_domain.anchor_account_id) as anchor_account_id
    from numbered
    inner join domain on numbered.account_id = domain.account_id
    inner join crm_domain on domain.domain = crm_domain.domain
    where not numbered.is_in_crm
      and (numbered.number_anchor_id is null or not crm_domain.has_number)
    group by numbered.account_id
    having count(distinct crm_domain.anchor_account_id) = 1

),

final as (

    select
        numbered.account_id,
        coalesce(by_domain.anchor_account_id, numbered.number_anchor_id, numbered.account_id) as anchor_account_id,
        case
            when by_domain.anchor_account_id is not null then 'domain'
            when numbered.number_anchor_id <> numbered.account_id then 'corporate_number'
            else 'source_record'
        end as match_method
    from numbered
    left join by_domain on numbered.account_id = by_domain.account_id

)

select * from final
