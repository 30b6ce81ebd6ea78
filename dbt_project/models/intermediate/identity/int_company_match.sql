-- The record each company hangs on (its anchor), never decided by names alone (docs/domain/customers.md#matching): the
-- same valid corporate number, else a domain that belongs to exactly one customer of the CRM, else itself. An account
-- that the CRM has merged into another goes with that one. Records that another system has linked to a CRM account are
-- not here: the link decides.
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
        order by case when source_system = 'crm' then 0 else 1 end, created_at asc nulls last, account_id asc
    )

),

owned as (

    select
        company.account_id,
        coalesce(by_number.anchor_account_id, company.account_id) as own_anchor_id,
        coalesce(by_number.anchor_system, company.source_system) = 'crm' as is_in_crm,
        case when company.is_corporate_number_valid then company.corporate_number end as valid_number
    from company
    left join by_number on company.account_id = by_number.account_id

),

-- Domains of exactly one customer of the CRM. Two corporate numbers are two companies, whatever domain they share.
domain_owner as (

    select
        domain.domain,
        min(case when owned.is_in_crm then owned.own_anchor_id end) as anchor_account_id
    from owned
    inner join domain on owned.account_id = domain.account_id
    group by domain.domain
    having count(distinct case when owned.is_in_crm then owned.own_anchor_id end) = 1
       and count(distinct owned.valid_number) <= 1

),

by_domain as (

    select
        owned.own_anchor_id,
        min(domain_owner.anchor_account_id) as anchor_account_id
    from owned
    inner join domain on owned.account_id = domain.account_id
    inner join domain_owner on domain.domain = domain_owner.domain
    where not owned.is_in_crm
    group by owned.own_anchor_id
    having count(distinct domain_owner.anchor_account_id) = 1

),

matched as (

    select
        owned.account_id,
        coalesce(by_domain.anchor_account_id, owned.own_anchor_id) as anchor_account_id,
        case
            when by_domain.anchor_account_id is not null then 'domain'
            when owned.own_anchor_id <> owned.account_id then 'corporate_number'
            else 'source_record'
        end as match_method
    from owned
    left join by_domain on owned.own_anchor_id = by_domain.own_anchor_id

),

final as (

    select account_id, anchor_account_id, match_method from matched
    union all
    select merged.account_id, matched.anchor_account_id, 'crm_link' as match_method
    from {{ ref('int_merged_account') }} as merged
    inner join matched on merged.surviving_account_id = matched.account_id

)

select * from final
