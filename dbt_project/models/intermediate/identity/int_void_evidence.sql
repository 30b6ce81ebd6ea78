-- Evidence that several differently named records of one and the same system claim: it identifies nobody
-- (docs/domain/customers.md#conflicts). A record that is linked to an account goes by that one's name. One record a
-- system is no conflict.
with company as (

    select
        company.account_id,
        company.source_system,
        company.corporate_number,
        company.is_corporate_number_valid,
        -- for comparing alone: small kana as large ones
        coalesce(translate(
            coalesce(linked_name.company_name_normalised, own_name.company_name_normalised),
            'ァィゥェォッャュョヮヵヶぁぃぅぇぉっゃゅょゎ', 'アイウエオツヤユヨワカケあいうえおつやゆよわ'
        ), company.account_id) as claimant
    from {{ ref('int_company') }} as company
    left join {{ ref('int_company_name') }} as own_name on company.account_id = own_name.account_id
    left join {{ ref('int_company_name') }} as linked_name on company.linked_account_id = linked_name.account_id

),

claim as (

    select 'corporate_number' as evidence_type, corporate_number as evidence, source_system, claimant
    from company
    where is_corporate_number_valid
    union all
    select 'domain' as evidence_type, domain.domain as evidence, company.source_system, company.claimant
    from company
    inner join {{ ref('int_company_domain') }} as domain on company.account_id = domain.account_id

),

final as (

    select
        evidence_type,
        evidence,
        source_system,
        count(distinct claimant) as claimants
    from claim
    group by evidence_type, evidence, source_system
    having count(distinct claimant) > 1

)

select * from final
