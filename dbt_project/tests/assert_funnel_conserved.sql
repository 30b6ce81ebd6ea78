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
        source = 'all' as is_all,
        basis,
        sum(case when stage_code = 'lead' then reached else 0 end) as persons,
        sum(case when stage_code = 'won' then reached else 0 end) as won
    from {{ ref('mart_funnel_monthly') }}
    group by source = 'all', basis

)

select expected.leads as expected, modelled.leads as modelled, mart.basis, mart.persons, mart.won
from expected
cross join modelled
left join mart on true
where expected.leads <> coalesce(modelled.leads, 0) or mart.persons <> modelled.persons or mart.won <> modelled.won
