-- Every term that has ended is in the month and in each kind of segment once, with one outcome, and one figure of the headlines.
with term as (

    select due_month, count(*) as terms
    from {{ ref('fct_renewal') }}
    group by due_month

),

summed as (

    select month, segment_type, sum(due) as due, sum(renewed + early_renewed + churned + pending) as outcomes
    from {{ ref('mart_renewal_monthly') }}
    group by month, segment_type

)

select 'segments' as what, summed.month, summed.segment_type
from summed
left join term on summed.month = term.due_month
where summed.due <> summed.outcomes or summed.due <> coalesce(term.terms, 0)
union all
select 'headline', renewal.month, renewal.segment_type
from {{ ref('mart_renewal_monthly') }} as renewal
inner join {{ ref('mart_headline') }} as headline
    on renewal.month = headline.period and headline.metric = 'renewal_rate'
where renewal.segment_type = 'all' and renewal.renewal_rate_den <> headline.den
