-- Every opportunity but those of test accounts is in the fact, with its amount; an amount without a rate is a finding.
with expected as (

    select count(*) as opportunities, coalesce(sum(amount_ex_tax), 0) as amount
    from {{ ref('sfa__opportunity') }} as opportunity
    left join {{ ref('int_customer_identity') }} as identity on opportunity.account_id = identity.account_id
    where not {{ is_test_customer("coalesce(identity.customer_key, 'unknown')") }}

),

modelled as (

    select
        count(*) as opportunities,
        coalesce(sum(amount_in_currency), 0) as amount,
        count(distinct opportunity_key) as keys,
        sum(case when amount is null and amount_in_currency is not null then 1 else 0 end) as without_rate
    from {{ ref('fct_opportunity') }}

),

found as (

    select count(*) as findings from {{ ref('finding_amount_without_rate') }} where object = 'sfa__opportunity'

)

select expected.opportunities as expected, modelled.opportunities as modelled, findings, without_rate
from expected
cross join modelled
cross join found
where expected.opportunities <> modelled.opportunities
    or expected.opportunities <> modelled.keys
    or expected.amount <> modelled.amount
    or coalesce(modelled.without_rate, 0) <> found.findings
