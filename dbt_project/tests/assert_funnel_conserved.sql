-- Every lead but those of test accounts is in the fact; every person of it that has a date is in one cohort, and at each
-- stage in one month of it.
with expected as (

    select count(*) as leads
    from {{ ref('sfa__lead') }} as lead
    left join {{ ref('int_customer_identity') }} as identity on lead.converted_account_id = identity.account_id
    where not {{ is_test_customer("coalesce(identity.customer_key, 'unknown')") }}

),

modelled as (

    select sum(leads) as leads, count(lead_date) as persons, count(won_date) as won
    from {{ ref('fct_lead_funnel') }}

),

mart as (

    select
        basis,
        sum(case when source = 'all' and stage_code = 'lead' then reached else 0 end) as persons,
        sum(case when source = 'all' and stage_code = 'won' then reached else 0 end) as won,
        sum(case when source <> 'all' and stage_code = 'lead' then reached else 0 end) as persons_by_source
    from {{ ref('mart_funnel_monthly') }}
    group by basis

),

basis as (

    select 'cohort' as basis
    union all
    select 'period' as basis

)

select expected.leads as expected, modelled.leads as modelled, basis.basis, mart.persons, mart.won, mart.persons_by_source
from expected
cross join modelled
cross join basis
left join mart on basis.basis = mart.basis
where expected.leads <> coalesce(modelled.leads, 0)
    or coalesce(mart.persons, 0) <> modelled.persons
    or coalesce(mart.won, 0) <> modelled.won
    or coalesce(mart.persons_by_source, 0) <> modelled.persons
