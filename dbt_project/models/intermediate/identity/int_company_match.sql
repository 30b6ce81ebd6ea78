-- The record each company hangs on (its anchor), never decided by names alone (docs/domain/customers.md#matching): the
-- account it is linked to or was merged into, the same valid corporate number, else a domain that belongs to exactly one
-- customer of the CRM, else itself. Another spelling of a record's id is that record.
with owned as (

    select * from {{ ref('int_company_number') }}

),

domain as (

    select * from {{ ref('int_company_domain') }}
    where domain not in (select evidence from {{ ref('int_void_evidence') }} where evidence_type = 'domain')

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

account as (

    select account_id, anchor_account_id, match_method from matched
    union all
    select merged.account_id, matched.anchor_account_id, 'crm_link' as match_method
    from {{ ref('int_merged_account') }} as merged
    inner join matched on merged.surviving_account_id = matched.account_id

),

final as (

    select account_id, anchor_account_id, match_method from account
    union all
    select link.account_id, account.anchor_account_id, 'crm_link' as match_method
    from {{ ref('int_company_link') }} as link
    inner join account on link.linked_account_id = account.account_id
    union all
    select meant.given_id as account_id, account.anchor_account_id, account.match_method
    from {{ ref('int_record_id') }} as meant
    inner join account on meant.record_id = account.account_id
    where meant.given_id <> meant.record_id

)

select * from final
